//go:build js

package main

import (
	"encoding/base64"
	"strings"
	"sync/atomic"
	"syscall/js"

	"github.com/socketio-go/socketio/examples/wasm/board"
)

// A canvas is what is drawn on.
type canvas struct {
	element, context js.Value
	painted          atomic.Bool // there is something on it
}

func newCanvas(element js.Value) *canvas {
	c := &canvas{element: element, context: element.Call("getContext", "2d")}
	c.context.Set("lineWidth", 4)
	c.context.Set("lineCap", "round")
	return c
}

func (c *canvas) draw(line board.Line) {
	c.painted.Store(true)
	c.context.Set("strokeStyle", line.Color)
	c.context.Call("beginPath")
	c.context.Call("moveTo", line.From[0], line.From[1])
	c.context.Call("lineTo", line.To[0], line.To[1])
	c.context.Call("stroke")
}

// onStroke draws what the person draws, and calls a function for each line.
func (c *canvas) onStroke(color string, fn func(board.Line)) {
	var last board.Point // of the event before; only the browser's one thread gets here
	listen(c.element, "pointerdown", func(e js.Value) { last = point(e) })
	listen(c.element, "pointermove", func(e js.Value) {
		if e.Get("buttons").Int() == 0 {
			return
		}
		line := board.Line{From: last, To: point(e), Color: color}
		last = line.To
		c.draw(line)
		fn(line)
	})
}

func point(event js.Value) board.Point {
	return board.Point{event.Get("offsetX").Float(), event.Get("offsetY").Float()}
}

const pngURL = "data:image/png;base64,"

// picture returns all that is drawn, as a PNG; nothing if there is none.
func (c *canvas) picture() ([]byte, error) {
	if !c.painted.Load() {
		return []byte{}, nil
	}
	return base64.StdEncoding.DecodeString(strings.TrimPrefix(c.element.Call("toDataURL").String(), pngURL))
}

// paint paints such a picture over what is there.
func (c *canvas) paint(png []byte) {
	image := js.Global().Get("Image").New()
	var loaded js.Func
	loaded = js.FuncOf(func(js.Value, []js.Value) any {
		loaded.Release()
		c.context.Call("drawImage", image, 0, 0)
		c.painted.Store(true)
		return nil
	})
	image.Set("onload", loaded)
	image.Set("src", pngURL+base64.StdEncoding.EncodeToString(png))
}
