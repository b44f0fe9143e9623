package socketio_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// bubble runs a subtest in fake time.
func bubble(t *testing.T, name string, fn func(t *testing.T)) {
	t.Helper()
	t.Run(name, func(t *testing.T) { synctest.Test(t, fn) })
}

// An app is a server under test, with clients that speak in bytes. It lives in a bubble, which does not end before all
// goroutines have: each test shows that none is left.
type app struct {
	*socketio.Server
	t       *testing.T
	host    *wiretest.Host
	logs    *logs
	clients []*client
}

func serve(t *testing.T, opts *socketio.ServerOptions) *app {
	t.Helper()
	var o socketio.ServerOptions
	if opts != nil {
		o = *opts
	}
	l := &logs{}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
	}
	io := socketio.NewServer(&o)
	a := &app{Server: io, t: t, host: wiretest.Serve(t, "/socket.io/", io), logs: l}
	t.Cleanup(func() {
		_ = io.Close()
		for _, c := range a.clients { // the server waits for the answer to its close frame, but time has stopped
			c.Close()
		}
	})
	return a
}

// logs is what a server has logged.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

// lines returns those that contain all of the words.
func (l *logs) lines(words ...string) (found []string) {
	for line := range strings.Lines(l.String()) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(line, w)
		}
		if all {
			found = append(found, line)
		}
	}
	return found
}

// A client is a WebSocket that has joined namespaces.
type client struct {
	*wiretest.WS
	app *app
	ids map[string]string // of its sockets, by namespace
}

// dial opens a connection that is in no namespace yet.
func (a *app) dial() *client {
	a.t.Helper()
	ws, open := a.host.WebSocket()
	if !strings.HasPrefix(open, "0{") {
		a.t.Fatalf("open packet: %q", open)
	}
	return a.adopt(ws)
}

// adopt makes a client of a WebSocket.
func (a *app) adopt(ws *wiretest.WS) *client {
	c := &client{WS: ws, app: a, ids: map[string]string{}}
	a.clients = append(a.clients, c)
	return c
}

// connect opens a connection and joins namespaces, by default the main one.
func (a *app) connect(namespaces ...string) *client {
	a.t.Helper()
	c := a.dial()
	if len(namespaces) == 0 {
		namespaces = []string{"/"}
	}
	for _, n := range namespaces {
		c.join(n, "")
	}
	return c
}

// prefix is how the name of a namespace begins a packet.
func prefix(namespace string) string {
	if namespace == "/" {
		return ""
	}
	return namespace + ","
}

// join connects to a namespace.
func (c *client) join(namespace, auth string) {
	c.TB.Helper()
	c.Send("40" + prefix(namespace) + auth)
	c.joined(namespace)
}

// joined reads the answer to a CONNECT.
func (c *client) joined(namespace string) {
	c.TB.Helper()
	c.ids[namespace] = connectID(c.TB, c.Text(), namespace)
}

func connectID(tb testing.TB, packet, namespace string) string {
	tb.Helper()
	want := "40" + prefix(namespace) + `{"sid":"`
	if !strings.HasPrefix(packet, want) {
		tb.Fatalf("answer to CONNECT: %q, want %s…", packet, want)
	}
	return wiretest.SID(packet)
}

// socket is the server's end, in the main namespace or in another.
func (c *client) socket(namespace ...string) *socketio.Socket {
	c.TB.Helper()
	name := "/"
	if len(namespace) > 0 {
		name = namespace[0]
	}
	for s := range c.app.Of(name).Sockets() {
		if s.ID() == c.ids[name] {
			return s
		}
	}
	c.TB.Fatalf("no socket of this client in %s", name)
	return nil
}

// silent makes sure that the server has sent nothing else.
func (c *client) silent() {
	c.TB.Helper()
	synctest.Wait()
	c.Conn.SetReadDeadline(time.Now().Add(time.Millisecond))
	op, data, err := c.Read()
	if !errors.Is(err, os.ErrDeadlineExceeded) {
		c.TB.Fatalf("got opcode %d, %q, %v; want nothing", op, data, err)
	}
	c.Conn.SetReadDeadline(time.Time{})
}

// closed makes sure that the server closes the connection in the orderly way, and sends nothing but pings before.
func (c *client) closed() {
	c.TB.Helper()
	for {
		_, data, err := c.Read()
		var end wiretest.ErrClosed
		switch {
		case errors.As(err, &end):
			if end.Status != 1005 {
				c.TB.Errorf("closed with status %d, want none", end.Status)
			}
			_, _ = c.Conn.Write(wiretest.Frame(8, nil))
			c.Close()
			return
		case err != nil:
			c.TB.Fatalf("connection ended without a close frame: %v", err)
		case string(data) != "2":
			c.TB.Fatalf("got %q, want the connection closed", data)
		}
	}
}

// open makes sure that the connection is open and its main socket works, and that the server has sent nothing else.
// It needs a handler of "are you there".
func (c *client) open() {
	c.TB.Helper()
	c.Send(`42424242["are you there"]`)
	c.Expect(`43424242["yes"]`)
}

// answering registers what client.open needs.
func (a *app) answering() {
	a.Handle("are you there", func() string { return "yes" })
}

// A journal collects what happened, from any goroutine.
type journal struct {
	mu      sync.Mutex
	entries []string
}

func (j *journal) add(format string, args ...any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.entries = append(j.entries, fmt.Sprintf(format, args...))
}

// take waits until nothing moves any more, and returns the entries and forgets them.
func (j *journal) take() string {
	synctest.Wait()
	j.mu.Lock()
	defer j.mu.Unlock()
	s := strings.Join(j.entries, ", ")
	j.entries = nil
	return s
}

// expect compares what happened since the last time.
func (j *journal) expect(t testing.TB, want ...string) {
	t.Helper()
	if got, want := j.take(), strings.Join(want, ", "); got != want {
		t.Errorf("happened: %s; want: %s", got, want)
	}
}

func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func isErr(t testing.TB, what string, got, want error) {
	t.Helper()
	if !errors.Is(got, want) {
		t.Errorf("%s: got error %v, want %v", what, got, want)
	}
}

// panicText returns what fn panics with, or "".
func panicText(fn func()) (text string) {
	defer func() {
		if v := recover(); v != nil {
			text = fmt.Sprint(v)
		}
	}()
	fn()
	return ""
}

// textFrame is a WebSocket frame of a client.
func textFrame(text string) []byte { return wiretest.Frame(1, []byte(text)) }
