//go:build js

package websocket

import (
	"context"
	"fmt"
	"syscall/js"
)

// Dial connects to the server at a URL, whose scheme is ws, wss, http or https. nil opts are the defaults; what of them
// a browser does not let choose is ignored.
//
// ctx bounds the handshake, and has no influence on the connection. The error is a *DialError, which does not say why
// a handshake failed, as a browser tells nobody; it wraps the cause of ctx if that ended the handshake.
func Dial(ctx context.Context, rawURL string, opts *DialOptions) (*ClientConn, error) {
	var o DialOptions
	if opts != nil {
		o = *opts
	}
	if err := checkSubprotocols(o.Subprotocols); err != nil {
		return nil, err
	}
	u, err := parseURL(rawURL, "ws", "wss")
	if err != nil {
		return nil, err
	}
	u.Fragment = "" // which an older browser refuses
	protocols := make([]any, len(o.Subprotocols))
	for i, name := range o.Subprotocols {
		protocols[i] = name
	}
	var ws js.Value
	if err := try(func() { ws = js.Global().Get("WebSocket").New(u.String(), protocols) }); err != nil {
		return nil, &DialError{Message: "the browser refuses to connect", Err: err}
	}
	c, opened := newClientConn(ws, &o)
	select {
	case ok := <-opened:
		if !ok {
			c.CloseNow()
			return nil, &DialError{Message: "the handshake failed"}
		}
		return c, nil
	case <-ctx.Done():
		c.CloseNow()
		return nil, &DialError{Message: "the handshake failed", Err: context.Cause(ctx)}
	}
}

// newClientConn listens to the events of a WebSocket, which is connecting. opened receives once, whether it connected.
func newClientConn(ws js.Value, o *DialOptions) (c *ClientConn, opened <-chan bool) {
	c = &ClientConn{ws: ws, maxMessage: defaultClientMaxMessage, wake: make(chan struct{}, 1)}
	if o.MaxMessage > 0 {
		c.maxMessage = o.MaxMessage
	}
	ch := make(chan bool, 1)
	tell := func(ok bool) {
		select {
		case ch <- ok:
		default: // only the first counts, and an event handler must not wait
		}
	}
	ws.Set("binaryType", "arraybuffer")
	c.listen("open", func(js.Value) { tell(true) })
	c.listen("message", func(event js.Value) { c.message(event.Get("data")) })
	// Not everything that is like a browser says after an error that it is the end.
	c.listen("error", func(js.Value) { tell(false) })
	c.listen("close", func(event js.Value) {
		c.end(event)
		tell(false)
	})
	return c, ch
}

// listen has f called for an event, by the event loop, until detach.
func (c *ClientConn) listen(event string, f func(event js.Value)) {
	callback := js.FuncOf(func(_ js.Value, args []js.Value) any {
		f(args[0])
		return nil
	})
	c.funcs = append(c.funcs, callback)
	c.ws.Set("on"+event, callback)
}

// detach ends the calls of the event handlers. c.mu is held, and this is the only call.
func (c *ClientConn) detach() {
	for _, event := range []string{"open", "message", "error", "close"} {
		c.ws.Set("on"+event, js.Null())
	}
	for _, f := range c.funcs {
		f.Release()
	}
}

// try calls f and returns what JavaScript throws.
func try(f func()) (err error) {
	defer func() {
		if thrown := recover(); thrown != nil {
			err = fmt.Errorf("websocket: %v", thrown)
		}
	}()
	f()
	return nil
}
