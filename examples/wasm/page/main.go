//go:build js

// Command page is the program of the page: see the server in the directory above.
package main

import (
	"context"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/url"
	"strings"
	"syscall/js"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/wasm/board"
)

func main() {
	location := js.Global().Get("location")
	canvas := newCanvas(element("board"))
	c := socketio.NewClient(location.Get("origin").String(), &socketio.ClientOptions{
		Transports:        transports(location.Get("search").String()),
		ReconnectionDelay: 500 * time.Millisecond,
		Logger:            slog.Default(), // the browser's console
	})

	board.Draw.On(c, canvas.draw)
	board.Here.On(c, func(n int) { setText("here", fmt.Sprint(n)) })
	board.Picture.On(c, func(context.Context, struct{}) ([]byte, error) { return canvas.picture() })
	c.OnConnect(func() {
		go func() { // ends with the answer: two that come at a time ask each other, and must not wait for that here
			picture, err := board.Picture.Do(c.Context(), c, struct{}{})
			if err == nil && len(picture) > 0 {
				canvas.paint(picture)
			}
		}()
	})

	canvas.onStroke("hsl("+fmt.Sprint(rand.IntN(360))+" 70% 45%)", func(line board.Line) {
		_ = board.Draw.Emit(c, line) // waits for the connection if that is lost; after Close it fails
	})
	// What the browser calls must return: all that waits is for a goroutine.
	connect := func() { _ = c.Connect(context.Background()) } // ends with Close at the latest
	listen(element("leave"), "click", func(js.Value) { go c.Close() })
	listen(element("return"), "click", func(js.Value) { go connect() })
	go connect()
	for range time.Tick(100 * time.Millisecond) { // the transport changes without a word
		showStatus(c)
	}
}

// transports are those that the address of the page asks for, as in "?transports=polling".
func transports(search string) []string {
	query, _ := url.ParseQuery(strings.TrimPrefix(search, "?"))
	if list := query.Get("transports"); list != "" {
		return strings.Split(list, ",")
	}
	return nil
}

func showStatus(c *socketio.Client) {
	status := "away"
	if conn := c.Conn(); c.Connected() && conn != nil {
		status = "connected by " + conn.Transport()
	} else if c.Active() {
		status = "connecting…"
	}
	setText("status", status)
	element("leave").Set("disabled", !c.Active())
	element("return").Set("disabled", c.Active())
}

func element(id string) js.Value { return js.Global().Get("document").Call("getElementById", id) }

func setText(id, text string) { element(id).Set("textContent", text) }

// listen calls a function for each event of an element, as long as the page is there.
func listen(target js.Value, event string, fn func(event js.Value)) {
	target.Call("addEventListener", event, js.FuncOf(func(_ js.Value, args []js.Value) any {
		fn(args[0])
		return nil
	}))
}
