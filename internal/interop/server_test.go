package interop

import (
	"bytes"
	"log/slog"
	"net"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// A mode is a way to reach a server, by the names that clients have for transports.
type mode struct {
	name       string
	transports []string
}

var modes = []mode{
	{"polling", []string{"polling"}},
	{"websocket", []string{"websocket"}},
	{"upgrade", []string{"polling", "websocket"}},
}

// eachMode runs a test in each mode.
func eachMode(t *testing.T, test func(*testing.T, mode)) {
	for _, m := range modes {
		t.Run(m.name, func(t *testing.T) { test(t, m) })
	}
}

// scenarios runs functions of a scenario file in each mode, each with a server of its own.
func scenarios(t *testing.T, file string, setup func(*socketio.Server), names ...string) {
	scenariosWith(t, nil, file, setup, names...)
}

func scenariosWith(
	t *testing.T, opts *socketio.ServerOptions, file string, setup func(*socketio.Server), names ...string,
) {
	for _, name := range names {
		t.Run(name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				s := newServer(t, opts)
				setup(s.io)
				s.start(t)
				s.run(t, m, file+"."+name, nil, nil)
			})
		})
	}
}

// A server is a Socket.IO server on loopback, at /socket.io/ and wherever else the test mounts it.
type server struct {
	io     *socketio.Server
	mux    *http.ServeMux
	url    string // where clients find it; set by start
	parser string // that clients have to use
	http   *http.Server
}

// newServer makes a server, for the length of the test, that logs to it and fails it if a handler panics.
func newServer(t *testing.T, opts *socketio.ServerOptions) *server {
	var o socketio.ServerOptions
	if opts != nil {
		o = *opts
	}
	o.Logger = newLogger(t)
	s := &server{io: socketio.NewServer(&o), mux: http.NewServeMux()}
	if o.Parser != nil && o.Parser.Binary() {
		s.parser = "msgpack"
	}
	s.mux.Handle("/socket.io/", s.io)
	s.http = &http.Server{Handler: s.mux}
	t.Cleanup(s.stop)
	return s
}

// start serves on a port of its own.
func (s *server) start(t *testing.T) {
	t.Helper()
	s.listen(t, "127.0.0.1:0")
}

// listen serves at an address.
func (s *server) listen(t *testing.T, addr string) {
	t.Helper()
	l, err := net.Listen("tcp", addr)
	if err != nil {
		t.Error(err)
		return
	}
	s.url = "http://" + l.Addr().String()
	go s.http.Serve(l) // ends with stop
}

func (s *server) stop() {
	s.io.Close()
	s.http.Close()
}

// run runs a scenario against the server.
func (s *server) run(t *testing.T, m mode, name string, args, result any) {
	t.Helper()
	node.Run(t, scenario.Job{Scenario: name, URL: s.url, Transports: m.transports, Parser: s.parser, Args: args}, result)
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
			t.Logf("log of the server:\n%s", tail(log.text.Bytes(), 8000))
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

func tail(b []byte, n int) []byte { return b[max(0, len(b)-n):] }

// patience is how long a test waits for what should come soon.
const patience = 10 * time.Second

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
