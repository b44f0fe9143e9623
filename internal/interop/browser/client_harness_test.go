package browser

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/socketio-go/socketio"
)

// The tests of the client run in parallel, each with a server and pages of its own, in one browser.
var (
	sharedOnce   sync.Once
	shared       context.Context
	sharedCancel func() // called by TestMain; nil if the browser was not needed
)

func sharedBrowser(t *testing.T) context.Context {
	t.Helper()
	sharedOnce.Do(func() { shared, sharedCancel = launch(t) })
	if shared == nil {
		t.Fatal("the browser did not start")
	}
	return shared
}

// A clientServer is a server under test in the process of the test.
type clientServer struct {
	t   *testing.T
	io  *socketio.Server
	url string
	// Sockets of the namespace "/" as they connect, and the reasons for which they disconnect.
	connected    chan *socketio.Socket
	disconnected chan socketio.DisconnectReason
}

// serveClient serves the page under test.
func serveClient(t *testing.T, opts *socketio.ServerOptions) *clientServer {
	t.Helper()
	var o socketio.ServerOptions
	if opts != nil {
		o = *opts
	}
	o.Logger = newLogger(t)
	s := &clientServer{
		t: t, io: newClientServer(&o),
		connected: make(chan *socketio.Socket, 1000), disconnected: make(chan socketio.DisconnectReason, 1000),
	}
	s.io.OnConnection(func(socket *socketio.Socket) {
		socket.OnDisconnect(func(reason socketio.DisconnectReason) { s.disconnected <- reason })
		s.connected <- socket
	})
	h := httptest.NewServer(clientPage(s.io))
	t.Cleanup(h.Close)
	t.Cleanup(func() { s.io.Close() })
	s.url = h.URL
	return s
}

// openClient opens the page under test, with a socket or more to come.
func openClient(t *testing.T, name, url string) *page {
	t.Helper()
	p := open(t, sharedBrowser(t), name, url)
	p.wait("typeof io === 'function' && typeof watch === 'function'")
	return p
}

// run runs JavaScript in the page, as the body of an async function whose parameter a is the array of the arguments.
// What it throws fails the test.
func (p *page) run(js string, args ...any) {
	p.t.Helper()
	evaluate[chromedp.Void](p, js, args...)
}

// evaluate is run for a script with a result.
func evaluate[T any](p *page, js string, args ...any) T {
	p.t.Helper()
	a, err := json.Marshal(args)
	if err != nil {
		p.t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(p.ctx, 2*patience) // a wait in the page gives up before
	defer cancel()
	result, err := chromedp.Run(ctx, chromedp.Evaluate[T](
		fmt.Sprintf("(async (a) => {%s\n})(%s)", js, a),
		func(e *runtime.EvaluateParams) { yes := true; e.AwaitPromise = &yes },
	))
	if err != nil {
		p.t.Fatalf("%s: %v\nin: %s", p.name, err, js)
	}
	return result
}

// receive takes the next value from a channel, and fails the test if none comes.
func receive[T any](t *testing.T, what string, ch <-chan T) T {
	t.Helper()
	select {
	case v := <-ch:
		return v
	case <-time.After(patience):
		t.Fatalf("no %s in %v", what, patience)
		panic("not reached")
	}
}

// eventually waits until a condition of the server is true.
func eventually(t *testing.T, what string, condition func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !condition(); <-time.After(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
	}
}

// newLogger makes a logger whose output is shown if the test fails. An error, such as a handler's panic, fails it.
func newLogger(t *testing.T) *slog.Logger {
	log := &testLog{}
	t.Cleanup(func() {
		log.mu.Lock()
		defer log.mu.Unlock()
		if bytes.Contains(log.text.Bytes(), []byte("level=ERROR")) {
			t.Error("the server logged an error")
		}
		if t.Failed() {
			b := log.text.Bytes()
			t.Logf("log of the server:\n%s", b[max(0, len(b)-8000):])
		}
	})
	return slog.New(slog.NewTextHandler(log, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

type testLog struct {
	mu   sync.Mutex
	text bytes.Buffer // guarded by mu
}

func (l *testLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}
