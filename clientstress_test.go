package socketio_test

import (
	"context"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// cutter is a listener whose connections can be cut.
type cutter struct {
	net.Listener

	mu    sync.Mutex
	conns []net.Conn
}

func (l *cutter) Accept() (net.Conn, error) {
	c, err := l.Listener.Accept()
	if err == nil {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.conns = append(l.conns, c)
	}
	return c, err
}

func (l *cutter) cut() {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range l.conns {
		_ = c.Close()
	}
	l.conns = nil
}

// TestClientStress lets many goroutines do everything at once with one client, over TCP and for at most 2 s, while the
// server cuts connections. Nothing hangs, and nothing is left.
func TestClientStress(t *testing.T) {
	io := socketio.NewServer(nil)
	for _, name := range []string{"/", "/a", "/b"} {
		n := io.Of(name)
		n.Handle("echo", func(text string) string { return text })
		n.Handle("quit", func(s *socketio.Socket) { s.Disconnect(rand.IntN(2) == 0) })
		n.Handle("news", func(s *socketio.Socket) { _ = s.Emit("news", 1) })
		n.Use(func(*socketio.Socket) error {
			if rand.IntN(10) == 0 {
				return &socketio.ConnectError{Message: "no"}
			}
			return nil
		})
	}
	host := httptest.NewUnstartedServer(io)
	network := &cutter{Listener: host.Listener}
	host.Listener = network
	host.Start()
	for name, opts := range map[string]*socketio.ClientOptions{
		"websocket": {Transports: []string{"websocket"}},
		"upgrade":   {},
		"retries":   {Retries: 3, AckTimeout: 5 * time.Millisecond, MaxQueuedBytes: 10_000},
	} {
		opts.ReconnectionDelay, opts.ReconnectionDelayMax = time.Millisecond, 5*time.Millisecond
		opts.Auth = func(context.Context) (any, error) {
			if rand.IntN(10) == 0 {
				return nil, context.DeadlineExceeded
			}
			return map[string]int{"n": 1}, nil
		}
		t.Run(name, func(t *testing.T) {
			goroutines := runtime.NumGoroutine()
			stressClient(t, host.URL, opts, network)
			for deadline := time.Now().Add(20 * time.Second); runtime.NumGoroutine() > goroutines+2; runtime.Gosched() {
				if time.Now().After(deadline) {
					t.Fatalf("%d goroutines are left: %s", runtime.NumGoroutine()-goroutines, stacks())
				}
				network.cut() // what is left of the server's ends
			}
		})
	}
	_ = io.Close()
	host.Close()
	http.DefaultClient.CloseIdleConnections()
}

func stressClient(t *testing.T, url string, opts *socketio.ClientOptions, network *cutter) {
	t.Helper()
	root := socketio.NewClient(url, opts)
	stop := make(chan struct{})
	time.AfterFunc(600*time.Millisecond, func() { close(stop) })
	clients := []*socketio.Client{root, root.Of("/a"), root.Of("/b")}
	var connects, news atomic.Int64
	for _, c := range clients {
		c.OnConnect(func() { connects.Add(1) })
		c.On("news", func(int) {
			news.Add(1)
			_ = c.Emit("echo", "x")
		})
		c.OnDisconnect(func(socketio.DisconnectReason) {
			if rand.IntN(20) == 0 {
				_ = c.Close()
			}
		})
		c.OnConnectError(func(error) { c.Disconnect() })
		c.OnAnyOutgoing(func(m *socketio.Message) { _ = m.Context().Err() })
	}
	var users sync.WaitGroup
	for range 8 { // end with stop
		users.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
					stressOnce(clients[rand.IntN(len(clients))], network)
				}
			}
		})
	}
	done := make(chan struct{})
	go func() { // ends with the users
		users.Wait()
		_ = root.Close()
		close(done)
	}()
	select {
	case <-done:
	case <-time.After(30 * time.Second):
		t.Fatalf("something hangs: %s", stacks())
	}
	for _, c := range clients {
		if c.Active() || c.Connected() || c.Conn() != nil {
			t.Errorf("%s is not closed", c.Namespace())
		}
		if err := c.Emit("x"); err == nil {
			t.Errorf("%s accepts events", c.Namespace())
		}
	}
	if connects.Load() == 0 || news.Load() == 0 {
		t.Errorf("connected %d times, and got %d events", connects.Load(), news.Load())
	}
	t.Logf("connected %d times, and got %d events", connects.Load(), news.Load())
	if n := root.WaitingBytes(); n != 0 {
		t.Errorf("%d bytes wait, says the count", n)
	}
}

func stressOnce(c *socketio.Client, network *cutter) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(30))*time.Millisecond)
	defer cancel()
	switch rand.IntN(30) {
	case 0:
		network.cut()
	case 1:
		c.Disconnect()
	case 2:
		_ = c.Close()
	case 3:
		_ = c.Emit("quit")
	case 4, 5, 6:
		_ = c.Connect(ctx)
	case 7, 8, 9, 10:
		_, _ = c.EmitWithAck(ctx, "echo", strings.Repeat("x", 500))
	case 11:
		_, _ = c.EmitWithAck(context.Background(), "echo", "x") // ends with the connection, if not before
	case 12:
		_ = c.Volatile().Emit("news")
	case 13:
		_, _, _, _ = c.ID(), c.Recovered(), c.LastError(), c.Of("/a").Context().Err()
	default:
		_ = c.Emit("news")
	}
}

func stacks() string {
	buf := make([]byte, 1<<20)
	return string(buf[:runtime.Stack(buf, true)])
}
