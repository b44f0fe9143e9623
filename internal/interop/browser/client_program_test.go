package browser

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"sync"
	"testing"
	"time"

	_ "embed"

	"github.com/socketio-go/socketio"
)

// programAddr is the variable of the environment that makes the test binary the server under test, for tests that have
// to kill it. Its value is the address to listen on.
const programAddr = "BROWSER_TEST_SERVER"

// programPings is the variable with the interval of its pings, for those that have to miss them soon.
const programPings = "BROWSER_TEST_PINGS"

func TestMain(m *testing.M) {
	if addr := os.Getenv(programAddr); addr != "" {
		if err := program(addr); err != nil {
			fmt.Fprintln(os.Stderr, "the server under test:", err)
			os.Exit(1)
		}
		return
	}
	code := m.Run()
	if sharedCancel != nil {
		sharedCancel()
	}
	os.Exit(code)
}

// program serves until it is interrupted.
func program(addr string) error {
	opts := socketio.ServerOptions{Logger: slog.New(slog.NewTextHandler(os.Stderr, nil))}
	if pings := os.Getenv(programPings); pings != "" {
		interval, err := time.ParseDuration(pings)
		if err != nil {
			return err
		}
		opts.PingInterval, opts.PingTimeout = interval, 3*interval
	}
	io := newClientServer(&opts)
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	server := &http.Server{Handler: clientPage(io), ReadHeaderTimeout: patience}
	go server.Serve(l) // ends with the program
	<-ctx.Done()
	return io.Shutdown(context.Background())
}

// serveProgram runs the server under test in a process of its own.
func serveProgram(t *testing.T, addr string, env ...string) *server {
	t.Helper()
	cmd := exec.Command(os.Args[0]) //nolint:noctx // ended by the methods of server
	cmd.Env = append(append(os.Environ(), programAddr+"="+addr), env...)
	return run(t, addr, cmd)
}

const clientHTML = `<!doctype html><html lang="en"><meta charset="utf-8"><title>client</title>
<script src="/socket.io/socket.io.min.js"></script><script src="/page.js"></script></html>
`

//go:embed testdata/page.js
var pageJS string

// clientPolicy is a strict one: the client needs no eval and no inline script.
const clientPolicy = "default-src 'self'; connect-src 'self' ws:"

// clientPage serves the page under test, and everything below /socket.io/ from the given handler.
func clientPage(sio http.Handler) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", sio)
	serve := func(contentType, content string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			w.Header().Set("Content-Security-Policy", clientPolicy)
			_, _ = io.WriteString(w, content)
		}
	}
	mux.Handle("/{$}", serve("text/html", clientHTML))
	mux.Handle("/elsewhere", serve("text/html", "<!doctype html><title>elsewhere</title>"))
	mux.Handle("/modules/", http.StripPrefix("/modules/", http.FileServer(http.Dir("../../../clientjs/dist/esm"))))
	mux.Handle("/page.js", serve("text/javascript", pageJS))
	mux.Handle("/favicon.ico", http.NotFoundHandler())
	return mux
}

// newClientServer makes the server under test, with the events that most tests need.
func newClientServer(opts *socketio.ServerOptions) *socketio.Server {
	sio := socketio.NewServer(opts)
	var mu sync.Mutex
	numbers := []int{}
	setup := func(s *socketio.Socket) {
		s.On("echo", echo)
		s.On("handshake", func() any { return s.Handshake() })
		s.On("session", func() string { return s.Conn().LogID() })
		s.On("n", func(n int) { // noted, for all sockets together
			mu.Lock()
			defer mu.Unlock()
			numbers = append(numbers, n)
		})
		s.On("numbers", func() []int {
			mu.Lock()
			defer mu.Unlock()
			return numbers
		})
		s.On("disconnect me", func(closeConn bool) { s.Disconnect(closeConn) })
	}
	sio.OnConnection(setup)
	sio.Of("/other").OnConnection(setup)
	return sio
}

// echo emits the arguments back, and acknowledges with them.
func echo(m *socketio.Message) error {
	args := make([]any, m.Len())
	for i := range args {
		if err := m.Decode(i, &args[i]); err != nil {
			return err
		}
	}
	if err := m.Socket().Emit("echo", args...); err != nil {
		return err
	}
	if m.WantsAck() {
		return m.Ack(args...)
	}
	return nil
}
