// Package board is what the server of this example and the program of its page say to each other: the same Go types and
// events in both.
package board

import "github.com/socketio-go/socketio"

const (
	// Draw is a line that somebody has drawn: a page tells the server, and the server the other pages.
	Draw socketio.Event[Line] = "draw"
	// Here is how many pages are connected: the server tells them.
	Here socketio.Event[int] = "here"
	// Picture asks for all that has been drawn, as a PNG that is sent as binary: a page that has just come asks the
	// server, who remembers nothing and asks the other pages. Nothing: there is none.
	Picture socketio.Call[struct{}, []byte] = "picture"
)

// A Line is part of a stroke, in pixels.
type Line struct {
	From  Point  `json:"from"`
	To    Point  `json:"to"`
	Color string `json:"color"` // a hue, as CSS names it
}

// A Point is x and y.
type Point [2]float64
