package engineio_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

const path = "/engine.io/"

// An app is the application on top of a server under test, in a bubble of fake time. It records what it is told, and
// echoes messages unless the test says otherwise.
type app struct {
	*wiretest.Host
	t      *testing.T
	server *engineio.Server
	peers  chan *peer // in the order in which they came

	// Set before the first client comes.
	onOpen    func(*peer)
	onMessage func(p *peer, data string, binary bool)
	onBatch   func(*peer)
}

// A peer is the server's end of a session.
type peer struct {
	*engineio.Session
	app  *app
	done chan struct{} // closed with the session

	mu sync.Mutex
	// Guarded by mu.
	got     []string // messages; bytes as "b:…"
	batches int
	reasons []engineio.CloseReason // one at most
	cause   error
}

// run serves clients in fake time. When the test returns, all sessions are closed, and no goroutine may be left.
func run(t *testing.T, opts *engineio.Options, test func(t *testing.T, a *app)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, opts)
		a.Host = wiretest.Serve(t, path, a.server)
		t.Cleanup(a.end)
		test(t, a)
	})
}

func newApp(t *testing.T, opts *engineio.Options) *app {
	a := &app{t: t, peers: make(chan *peer, 10_000), onMessage: echo}
	a.server = engineio.NewServer(opts, func(s *engineio.Session) engineio.Handler {
		p := &peer{Session: s, app: a, done: make(chan struct{})}
		if a.onOpen != nil {
			a.onOpen(p)
		}
		a.peers <- p
		return p
	})
	return a
}

func (a *app) end() {
	a.server.Close()
	// until WebSockets whose client does not answer are dropped
	time.Sleep(6 * time.Second) // fake time
	if n := a.server.Len(); n != 0 {
		a.t.Errorf("%d sessions remain", n)
	}
	for {
		select {
		case p := <-a.peers:
			p.mu.Lock()
			if len(p.reasons) != 1 {
				a.t.Errorf("a session was closed %d times: %q", len(p.reasons), p.reasons)
			}
			p.mu.Unlock()
		default:
			return
		}
	}
}

// peer waits for the next session.
func (a *app) peer() *peer { return <-a.peers }

// polling opens a session by long-polling.
func (a *app) polling() (*wiretest.Polling, *peer) {
	a.t.Helper()
	c := a.Polling()
	synctest.Wait() // nothing of the handshake is in flight any more
	return c, a.peer()
}

// webSocket opens a session by WebSocket.
func (a *app) webSocket() (*wiretest.WS, *peer) {
	a.t.Helper()
	c, open := a.WebSocket()
	if !strings.HasPrefix(open, "0{") {
		a.t.Fatalf("open packet: %q", open)
	}
	synctest.Wait() // nothing of the handshake is in flight any more
	return c, a.peer()
}

// upgraded opens a session that has moved from polling to a WebSocket.
func (a *app) upgraded() (*wiretest.Polling, *wiretest.WS, *peer) {
	a.t.Helper()
	c, p := a.polling()
	ws := c.Upgrade()
	ws.Send("2probe")
	ws.Expect("3probe")
	ws.Send("5")
	synctest.Wait()
	if p.Transport() != "websocket" {
		a.t.Fatal("the upgrade failed")
	}
	return c, ws, p
}

// Message implements engineio.Handler.
func (p *peer) Message(data []byte, binary bool) {
	s := string(data)
	p.mu.Lock()
	if binary {
		p.got = append(p.got, "b:"+s)
	} else {
		p.got = append(p.got, s)
	}
	p.mu.Unlock()
	p.app.onMessage(p, s, binary)
}

// BatchDone implements engineio.Handler.
func (p *peer) BatchDone() {
	p.mu.Lock()
	p.batches++
	p.mu.Unlock()
	if p.app.onBatch != nil {
		p.app.onBatch(p)
	}
}

// Close implements engineio.Handler.
func (p *peer) Close(reason engineio.CloseReason, cause error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.reasons, p.cause = append(p.reasons, reason), cause
	if len(p.reasons) == 1 {
		close(p.done)
	}
}

func echo(p *peer, data string, binary bool) {
	if binary {
		_ = p.Send(0, engineio.CopyBinary([]byte(data)))
	} else {
		_ = p.Send(0, text(data))
	}
}

func ignore(*peer, string, bool) {}

// text makes a text message.
func text(s string) engineio.Message {
	return engineio.TextMessage(append(make([]byte, engineio.Headroom), s...))
}

// send sends a text message, which must be accepted.
func (p *peer) send(texts ...string) {
	p.app.t.Helper()
	for _, s := range texts {
		if err := p.Send(0, text(s)); err != nil {
			p.app.t.Fatalf("Send(%.20q): %v", s, err)
		}
	}
}

// received returns the messages that have arrived so far.
func (p *peer) received() []string {
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.got)
}

func (p *peer) expect(want ...string) {
	p.app.t.Helper()
	if got := p.received(); !slices.Equal(got, want) {
		p.app.t.Fatalf("received %q, want %q", got, want)
	}
}

// expectOpen checks that the session has not ended.
func (p *peer) expectOpen() {
	p.app.t.Helper()
	synctest.Wait()
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.reasons) > 0 {
		p.app.t.Fatalf("closed with %q, %v", p.reasons, p.cause)
	}
}

// expectClose waits for the session's end.
func (p *peer) expectClose(reason engineio.CloseReason) {
	p.app.t.Helper()
	<-p.done
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.reasons[0] != reason {
		p.app.t.Fatalf("closed with %q (%v), want %q", p.reasons[0], p.cause, reason)
	}
}

// expectPackets compares the answer of a poll.
func expectPackets(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Fatalf("polled %q, want %q", got, want)
	}
}

// expectError compares the answer to a refused request.
func expectError(t *testing.T, got wiretest.Answer, status int, body string) {
	t.Helper()
	if got.Status != status || got.Body != body {
		t.Fatalf("answered %d %q, want %d %q", got.Status, got.Body, status, body)
	}
	if ct := got.Header.Get("Content-Type"); ct != "application/json" {
		t.Errorf("Content-Type %q", ct)
	}
	if got.Header.Get("X-Content-Type-Options") != "nosniff" {
		t.Error("nosniff is missing")
	}
}

// expectWSError compares the answer to a refused request for a WebSocket.
func expectWSError(t *testing.T, res *http.Response, status int, body string) {
	t.Helper()
	b, _ := io.ReadAll(res.Body)
	expectError(t, wiretest.Answer{Status: res.StatusCode, Header: res.Header, Body: string(b)}, status, body)
}

// The bodies of refused requests.
const (
	unknownTransport    = `{"code":0,"message":"Transport unknown"}`
	unknownSID          = `{"code":1,"message":"Session ID unknown"}`
	badHandshakeMethod  = `{"code":2,"message":"Bad handshake method"}`
	badRequest          = `{"code":3,"message":"Bad request"}`
	forbidden           = `{"code":4,"message":"Forbidden"}`
	unsupportedProtocol = `{"code":5,"message":"Unsupported protocol version"}`
)

// poll starts to poll, and returns once the server has the request.
func poll(c *wiretest.Polling) <-chan wiretest.Answer {
	answer := make(chan wiretest.Answer, 1)
	go func() { answer <- c.Get() }() // ends with the answer
	synctest.Wait()
	return answer
}

// goroutines counts those of the caller's bubble.
func goroutines() int {
	b := make([]byte, 1<<20)
	b = b[:runtime.Stack(b, true)]
	_, bubble, _ := bytes.Cut(b, []byte("synctest bubble "))
	bubble, _, _ = bytes.Cut(bubble, []byte("]"))
	return bytes.Count(b, fmt.Appendf(nil, "synctest bubble %s]", bubble))
}

// numbered makes n texts.
func numbered(prefix string, n int) []string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprint(prefix, i)
	}
	return list
}

// packets makes message packets of texts.
func packets(list []string) []string {
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = "4" + s
	}
	return out
}

const (
	get  = http.MethodGet
	post = http.MethodPost
)
