//go:build js

// Program of a page: it opens a session whose poll stalls in the middle of its answer, and closes it.
package main

import (
	"context"
	"syscall/js"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

type handler struct{}

func (handler) Message([]byte, bool)              {}
func (handler) BatchDone()                        {}
func (handler) Close(engineio.CloseReason, error) {}

func main() {
	say := func(text string) { js.Global().Get("document").Set("title", text) }
	url := js.Global().Get("location").Get("origin").String() + "/stalled"
	c, err := engineio.Dial(context.Background(), url, nil, func(*engineio.Client) engineio.Handler { return handler{} })
	if err != nil {
		say(err.Error())
		return
	}
	time.Sleep(time.Second) // the first byte of the answer is there
	c.Close()
	<-c.Done()
	say("closed")
}
