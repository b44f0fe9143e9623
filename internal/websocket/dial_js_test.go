//go:build js

package websocket

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"syscall/js"
	"testing"
)

// fakeWebSocket is what these tests need of a browser, so that they run in any Node: it connects at once, unless the
// URL says otherwise, and is told by the test what else happens.
const fakeWebSocket = `globalThis.WebSocket = class {
	constructor(url, protocols) {
		if (url.includes("forbidden")) throw new Error("forbidden");
		globalThis.lastWebSocket = this;
		Object.assign(this, {url, protocols, protocol: protocols[0] ?? "", sent: [], closes: [], bufferedAmount: 0});
		if (url.includes("refused")) setTimeout(() => this.end(1006, ""));
		else if (url.includes("broken")) setTimeout(() => this.onerror({}));
		else if (!url.includes("silent")) setTimeout(() => this.onopen({}));
	}
	send(data) {
		if (data === "throw") throw new Error("thrown");
		this.sent.push(typeof data === "string" ? "text " + data : "binary " + new TextDecoder().decode(data));
	}
	close(...args) { this.closes.push(args.join(" ")); }
	end(code, reason) { this.onclose?.({code, reason}); }
	text(data) { this.onmessage?.({data}); }
	binary(...bytes) { this.onmessage?.({data: new Uint8Array(bytes).buffer}); }
}`

// inBrowser returns a connection, and the object that it is over.
func inBrowser(t *testing.T, opts *DialOptions) (*ClientConn, js.Value) {
	t.Helper()
	js.Global().Call("eval", fakeWebSocket)
	c, err := Dial(t.Context(), "https://server.test/x?y=z#fragment", opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.CloseNow)
	return c, js.Global().Get("lastWebSocket")
}

func list(v js.Value) []string {
	var s []string
	for i := range v.Length() {
		s = append(s, v.Index(i).String())
	}
	return s
}

// notes is a Handler that writes down how it is called.
type notes struct {
	log     chan string
	drained chan struct{}
	closed  chan error
}

func newNotes() *notes {
	return &notes{make(chan string, 100), make(chan struct{}, 1), make(chan error, 1)}
}

func (n *notes) Message(op Opcode, data []byte) { n.log <- describe(op, data) }
func (n *notes) BatchDone()                     { n.log <- "batch" }
func (n *notes) Drained()                       { n.drained <- struct{}{} }
func (n *notes) Closed(err error)               { n.closed <- err; close(n.log) }

func TestBrowserMessages(t *testing.T) {
	c, ws := inBrowser(t, &DialOptions{Subprotocols: []string{"a", "b"}})
	if got, want := ws.Get("url").String(), "wss://server.test/x?y=z"; got != want || c.Subprotocol() != "a" {
		t.Errorf("connected to %s with %q", got, c.Subprotocol())
	}
	ws.Call("text", "early é")
	h := newNotes()
	go c.Serve(h) // ends with the connection
	ws.Call("binary", 'o', 'k')
	ws.Call("end", 4000, "bye")
	var log []string
	for entry := range h.log {
		if entry != "batch" {
			log = append(log, entry)
		}
	}
	if want := []string{"text early é", "binary ok"}; !slices.Equal(log, want) {
		t.Errorf("got %q, want %q", log, want)
	}
	if peer, ok := errors.AsType[*CloseError](<-h.closed); !ok || *peer != (CloseError{4000, "bye"}) {
		t.Errorf("Closed(%v)", peer)
	}
	if c.Received() != int64(len("early ék")+1) {
		t.Errorf("%d bytes received", c.Received())
	}
	if _, err := c.Write(nil); !errors.Is(err, net.ErrClosed) {
		t.Errorf("Write after the end: %v", err)
	}
	if !ws.Get("onmessage").IsNull() {
		t.Error("event handlers are left")
	}
}

func TestBrowserWrite(t *testing.T) {
	c, ws := inBrowser(t, nil)
	h := newNotes()
	go c.Serve(h) // ends with the connection
	long := sized(70_000)
	frames := [][]byte{
		AppendFrame(nil, OpText, []byte("é")), AppendFrame(nil, OpPing, nil), nil,
		AppendFrame(nil, OpBinary, []byte("bytes")), AppendFrame(nil, OpText, []byte(long)), AppendFrame(nil, OpText, nil),
	}
	if drained, err := c.Write(frames); !drained || err != nil {
		t.Errorf("Write: %v, %v", drained, err)
	}
	if got, want := list(ws.Get("sent")), []string{"text é", "binary bytes", "text " + long, "text "}; !slices.Equal(got, want) {
		t.Errorf("got %.100q, want %.100q", got, want)
	}
	ws.Set("bufferedAmount", maxBuffered+1)
	if drained, err := c.Write(nil); drained || err != nil || c.Buffered() != maxBuffered+1 {
		t.Errorf("Write: %v, %v, %d buffered", drained, err, c.Buffered())
	}
	ws.Set("bufferedAmount", maxBuffered)
	<-h.drained
	if drained, err := c.Write(nil); !drained || err != nil {
		t.Errorf("Write: %v, %v", drained, err)
	}
	if _, err := c.Write([][]byte{AppendFrame(nil, OpText, []byte("throw"))}); err == nil {
		t.Error("no error of what was thrown")
	}
	if err := <-h.closed; err == nil || c.Buffered() != 0 {
		t.Errorf("Closed(%v), %d buffered", err, c.Buffered())
	}
}

func TestBrowserEnds(t *testing.T) {
	tests := []struct {
		name string
		do   func(c *ClientConn, ws js.Value)
		want error
	}{
		{"network", func(_ *ClientConn, ws js.Value) { ws.Call("end", 1006, "") }, io.EOF},
		{"CloseNow", func(c *ClientConn, _ js.Value) { c.CloseNow(); c.CloseNow() }, net.ErrClosed},
		{"long text", func(_ *ClientConn, ws js.Value) { ws.Call("text", "ééx") }, ErrMessageTooBig},
		{"long binary", func(_ *ClientConn, ws js.Value) { ws.Call("binary", 1, 2, 3, 4, 5) }, ErrMessageTooBig},
		{"no answer", func(c *ClientConn, _ js.Value) { c.Close(1000, "") }, ErrCloseTimeout},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, ws := inBrowser(t, &DialOptions{MaxMessage: 4})
			h := newNotes()
			go c.Serve(h) // ends with the connection
			tt.do(c, ws)
			if err := <-h.closed; !errors.Is(err, tt.want) {
				t.Errorf("Closed(%v)", err)
			}
			if ws.Get("closes").Length() == 0 {
				t.Error("not closed")
			}
		})
	}
}

func TestBrowserClose(t *testing.T) {
	tests := []struct {
		code   StatusCode
		reason string
		want   string
	}{
		{1000, "bye", "1000 bye"},
		{4999, "é" + sized(122), "4999 é" + sized(121)},
		{0, "bye", ""},
		{1001, "bye", ""},
		{1011, "", ""},
		{5000, "", ""},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.code), func(t *testing.T) {
			c, ws := inBrowser(t, nil)
			c.Close(tt.code, tt.reason)
			c.Close(4000, "not sent")
			if got := list(ws.Get("closes")); !slices.Equal(got, []string{tt.want}) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if _, err := c.Write(nil); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Write after Close: %v", err)
			}
		})
	}
}

func TestBrowserRefuses(t *testing.T) {
	js.Global().Call("eval", fakeWebSocket)
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(io.ErrNoProgress)
	tests := []struct {
		url  string
		opts *DialOptions
		ctx  context.Context
		want error
	}{
		{"ws://forbidden/", nil, t.Context(), nil},
		{"ws://refused/", nil, t.Context(), nil},
		{"ws://broken/", nil, t.Context(), nil},
		{"ws://silent/", nil, ctx, io.ErrNoProgress},
		{"ftp://server.test/", nil, t.Context(), nil},
		{"ws:///", nil, t.Context(), nil},
		{"ws://\x00/", nil, t.Context(), nil},
		{"ws://server.test/", &DialOptions{Subprotocols: []string{"a", "a"}}, t.Context(), nil},
	}
	for _, tt := range tests {
		_, err := Dial(tt.ctx, tt.url, tt.opts)
		if _, ok := errors.AsType[*DialError](err); !ok || tt.want != nil && !errors.Is(err, tt.want) {
			t.Errorf("%s: %v", tt.url, err)
		}
	}
}
