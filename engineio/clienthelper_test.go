package engineio_test

import (
	"context"
	"crypto/sha1" //nolint:gosec // RFC 6455 wants it
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/memnet"
	"github.com/socketio-go/socketio/internal/wiretest"
)

const address = "http://app.example" + path

// A user is the application on top of a client under test. It records what it is told.
type user struct {
	*engineio.Client
	t    *testing.T
	gone chan struct{} // closed with the session

	// Set before Dial.
	onOpen    func(*engineio.Client)
	onMessage func(data string)

	mu sync.Mutex
	// Guarded by mu.
	got    []string // messages; bytes as "b:…"
	reason engineio.CloseReason
	cause  error
	closed int
	late   bool // a message came after the end
}

func (u *user) Message(data []byte, binary bool) {
	s := string(data)
	u.mu.Lock()
	u.late = u.late || u.closed > 0
	if binary {
		u.got = append(u.got, "b:"+s)
	} else {
		u.got = append(u.got, s)
	}
	u.mu.Unlock()
	if u.onMessage != nil {
		u.onMessage(s)
	}
}

func (u *user) BatchDone() {}

func (u *user) Close(reason engineio.CloseReason, cause error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.closed++
	u.reason, u.cause = reason, cause
	if u.closed == 1 {
		close(u.gone)
	}
}

// dial opens the session.
func (u *user) dial(ctx context.Context, opts *engineio.ClientOptions) error {
	u.gone = make(chan struct{})
	c, err := engineio.Dial(ctx, address+"?token=1", opts, func(c *engineio.Client) engineio.Handler {
		u.Client = c
		if u.onOpen != nil {
			u.onOpen(c)
		}
		return u
	})
	if err == nil && c != u.Client {
		u.t.Error("Dial returned another client than open was given")
	}
	if err != nil && u.Client != nil {
		u.t.Error("Dial failed after it had called open")
	}
	return err
}

func (u *user) send(texts ...string) {
	u.t.Helper()
	for _, s := range texts {
		if err := u.Send(0, text(s)); err != nil {
			u.t.Fatalf("Send(%.20q): %v", s, err)
		}
	}
}

func (u *user) received() []string {
	synctest.Wait()
	u.mu.Lock()
	defer u.mu.Unlock()
	return slices.Clone(u.got)
}

func (u *user) expect(want ...string) {
	u.t.Helper()
	if got := u.received(); !slices.Equal(got, want) {
		u.t.Fatalf("the client received %.200q, want %.200q", got, want)
	}
}

func (u *user) expectOpen() {
	u.t.Helper()
	synctest.Wait()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.closed > 0 {
		u.t.Fatalf("the client was closed with %q, %v", u.reason, u.cause)
	}
}

// expectClose waits for the session's end, and until nothing of the client is left.
func (u *user) expectClose(reason engineio.CloseReason) {
	u.t.Helper()
	<-u.gone
	<-u.Done()
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.reason != reason || u.closed != 1 {
		u.t.Fatalf("the client was closed %d times, with %q (%v), want %q", u.closed, u.reason, u.cause, reason)
	}
	if u.late {
		u.t.Error("a message came after the end")
	}
	if err := u.Send(0, text("x")); !errors.Is(err, engineio.ErrClosed) {
		u.t.Errorf("Send after the end: %v", err)
	}
}

func (u *user) expectTransport(want string) {
	u.t.Helper()
	synctest.Wait()
	if got := u.Transport(); got != want {
		u.t.Fatalf("the transport is %q, want %q", got, want)
	}
}

// A net is where clients under test find their server, in fake time.
type clientNet struct {
	t    *testing.T
	http *http.Client
}

// runClient serves clients of this package in fake time. When the test returns, no goroutine may be left.
func runClient(t *testing.T, opts *engineio.Options, test func(t *testing.T, a *app, n *clientNet)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, opts)
		l := memnet.Listen()
		a.Host = wiretest.ServeOn(t, path, l, l, &http.Server{Handler: a.server})
		n := &clientNet{t: t, http: l.Client()}
		t.Cleanup(n.http.CloseIdleConnections)
		t.Cleanup(a.end)
		test(t, a, n)
	})
}

// options completes options.
func (n *clientNet) options(opts engineio.ClientOptions) *engineio.ClientOptions {
	if opts.HTTPClient == nil {
		opts.HTTPClient = n.http
	}
	return &opts
}

// user opens a session.
func (n *clientNet) user(opts engineio.ClientOptions) *user {
	n.t.Helper()
	u := &user{t: n.t}
	n.dial(u, opts)
	return u
}

func (n *clientNet) dial(u *user, opts engineio.ClientOptions) {
	n.t.Helper()
	if err := u.dial(n.t.Context(), n.options(opts)); err != nil {
		n.t.Fatal(err)
	}
}

var (
	pollingOnly   = engineio.ClientOptions{NoUpgrade: true}
	webSocketOnly = engineio.ClientOptions{Transports: []string{"websocket"}}
)

// carriers are the ways in which a session may be carried.
var carriers = map[string]engineio.ClientOptions{
	"polling":   pollingOnly,
	"websocket": webSocketOnly,
	"upgraded":  {},
}

// eachCarrier runs a test with each of them.
func eachCarrier(t *testing.T, test func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions)) {
	t.Helper()
	for name, o := range carriers {
		t.Run(name, func(t *testing.T) {
			runClient(t, nil, func(t *testing.T, a *app, n *clientNet) { test(t, a, n, o) })
		})
	}
}

// settle waits, in fake time, until nothing is under way.
func settle() {
	time.Sleep(time.Millisecond) // fake time
}

// acceptWS accepts a WebSocket by hand. open says that it opens a session.
func acceptWS(t *testing.T, w http.ResponseWriter, r *http.Request) (conn net.Conn, open bool) {
	conn, rw, err := http.NewResponseController(w).Hijack()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-WebSocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(rw, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
		"Sec-WebSocket-Accept: %s\r\n\r\n", base64.StdEncoding.EncodeToString(sum[:]))
	_ = rw.Flush()
	return conn, r.URL.Query().Get("sid") == ""
}

// serverFrame makes a final text frame of a server.
func serverFrame(payload string) []byte {
	switch n := len(payload); {
	case n < 126:
		return append([]byte{0x81, byte(n)}, payload...)
	default:
		return append([]byte{0x81, 126, byte(n >> 8), byte(n)}, payload...)
	}
}
