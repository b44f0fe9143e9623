package socketio_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// All clients are told, what waits for them is written, and the handlers of the disconnections have run when Shutdown
// returns. That the bubble ends shows that no goroutine is left.
func TestShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/n")
		var j journal
		for _, name := range []string{"/", "/n"} {
			a.Of(name).OnConnection(func(s *socketio.Socket) {
				s.OnDisconnect(func(r socketio.DisconnectReason) {
					time.Sleep(time.Second) // fake time
					j.add("%s %s", name, r)
				})
			})
		}
		ws, p, idle := a.connect("/", "/n"), a.host.Polling(), a.dial()
		p.Post("40")
		p.Get()
		synctest.Wait()
		_ = a.Emit("last words")
		polled := make(chan string)
		go func() { // ends with the close packet
			var packets []string
			for !slices.Contains(packets, "1") {
				packets = append(packets, p.Poll()...)
			}
			polled <- strings.Join(slices.DeleteFunc(packets, func(p string) bool { return p == "6" }), " ")
		}()
		go func() { // ends with the close frames
			ws.Expect(`42["last words"]`)
			ws.closed()
			idle.closed()
		}()
		start := time.Now()
		isErr(t, "Shutdown", a.Shutdown(t.Context()), nil)
		equal(t, "time", time.Since(start), time.Second)
		j.mu.Lock()
		equal(t, "sockets disconnected", len(j.entries), 3)
		j.mu.Unlock()
		equal(t, "polls", <-polled, `42["last words"] 1`)
		equal(t, "connections", a.ConnectionCount(), 0)

		refused := a.host.Request(http.MethodGet, "EIO=4&transport=polling", "")
		equal(t, "status afterwards", refused.Status, http.StatusServiceUnavailable)
		isErr(t, "second Shutdown", a.Shutdown(t.Context()), nil)
		isErr(t, "Close afterwards", a.Server.Close(), nil)
	})
}

func TestShutdownOfAnUnusedServer(t *testing.T) {
	isErr(t, "Shutdown", socketio.NewServer(nil).Shutdown(t.Context()), nil)
	isErr(t, "Close", socketio.NewServer(nil).Close(), nil)
}

func TestShutdownDeadline(t *testing.T) {
	setup := func(t *testing.T, act func(a *app)) {
		a := serve(t, nil)
		act(a)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		isErr(t, "Shutdown", a.Shutdown(ctx), context.DeadlineExceeded)
		equal(t, "time", time.Since(start), 3*time.Second)
		equal(t, "connections", a.ConnectionCount(), 0)
	}
	bubble(t, "a handler does not return", func(t *testing.T) {
		gate := make(chan struct{})
		setup(t, func(a *app) {
			a.Handle("block", func() { <-gate })
			a.connect().Send(`42["block"]`)
			synctest.Wait()
		})
		close(gate)
	})
	bubble(t, "a handler of the disconnection does not return", func(t *testing.T) {
		gate := make(chan struct{})
		setup(t, func(a *app) {
			a.OnConnection(func(s *socketio.Socket) { s.OnDisconnect(func(socketio.DisconnectReason) { <-gate }) })
			a.connect()
			synctest.Wait()
		})
		close(gate)
	})
	bubble(t, "a middleware does not return", func(t *testing.T) {
		gate := make(chan struct{})
		setup(t, func(a *app) {
			a.Use(func(*socketio.Socket) error { <-gate; return nil })
			a.dial().Send("40")
			synctest.Wait()
		})
		close(gate)
	})
	bubble(t, "a client does not read", func(t *testing.T) {
		setup(t, func(a *app) {
			c := a.connect()
			_ = c.socket().Emit("e", make([]byte, 500<<10))
		})
	})
}

// Close waits for nothing and tells the clients.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		gate := make(chan struct{})
		var j journal
		a.Handle("block", func() { <-gate })
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
		})
		c := a.connect()
		c.Send(`42["block"]`)
		synctest.Wait()
		isErr(t, "Close", a.Server.Close(), nil)
		c.closed()
		j.expect(t)
		close(gate)
		j.expect(t, "server shutting down")
	})
}

// A client that connects while the server ends is refused or disconnected, but never forgotten.
func TestConnectDuringShutdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.OnConnection(func(s *socketio.Socket) {
			j.add("+")
			s.OnDisconnect(func(socketio.DisconnectReason) { j.add("-") })
		})
		slow := a.connect() // keeps Shutdown waiting
		_ = slow.socket().Emit("e", make([]byte, 500<<10))
		late := a.dial()
		done := make(chan error)
		go func() { done <- a.Shutdown(context.Background()) }() // ends with the lingering session
		synctest.Wait()
		_, _ = late.Conn.Write(textFrame("40"))
		late.closed()
		if a := a.host.Request(http.MethodGet, "EIO=4&transport=polling", ""); a.Status != http.StatusServiceUnavailable {
			t.Errorf("status %d", a.Status)
		}
		isErr(t, "Shutdown", <-done, nil) // the slow one was given its 30 s
		j.expect(t, "+", "-")
	})
}

// Adapters are closed, and their error returned.
func TestAdapterOption(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		own := errors.New("own error")
		var made []string
		a := serve(t, &socketio.ServerOptions{Adapter: func(l *socketio.Local) socketio.Adapter {
			made = append(made, l.Namespace().Name())
			return failing{l, own}
		}})
		a.Of("/n")
		c := a.connect()
		equal(t, "adapters", made, []string{"/", "/n"})
		isErr(t, "Emit", a.Emit("e"), own)
		_, err := a.EmitWithAck(t.Context(), "e")
		isErr(t, "EmitWithAck", err, own)
		_, err = a.FetchSockets(t.Context())
		isErr(t, "FetchSockets", err, own)
		isErr(t, "SocketsJoin", a.SocketsJoin("r"), nil)
		equal(t, "rooms", len(c.socket().Rooms()), 2)
		isErr(t, "Close", a.Server.Close(), own)
	})
}

// An adapter is closed once, however often the server is, and the others are if one panics.
func TestAdapterIsClosedOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, &socketio.ServerOptions{Adapter: func(l *socketio.Local) socketio.Adapter {
			if l.Namespace().Name() == "/panics" {
				return panicsAtClose{l}
			}
			return counted{l, &j}
		}})
		a.Of("/panics")
		err := a.Shutdown(t.Context())
		if err == nil || !strings.Contains(err.Error(), "panicked") {
			t.Errorf("Shutdown: %v", err)
		}
		isErr(t, "Close", a.Server.Close(), nil)
		isErr(t, "second Shutdown", a.Shutdown(t.Context()), nil)
		j.expect(t, "closed /")
	})
}

type panicsAtClose struct{ *socketio.Local }

func (panicsAtClose) Close() error { panic("boom") }

func TestNilAdapter(t *testing.T) {
	opts := socketio.ServerOptions{Adapter: func(*socketio.Local) socketio.Adapter { return nil }}
	if got := panicText(func() { socketio.NewServer(&opts) }); !strings.Contains(got, `nil for namespace "/": return its *Local`) {
		t.Errorf("panic: %q", got)
	}
}

// failing is an adapter that does not reach its cluster.
type failing struct {
	*socketio.Local
	err error
}

func (f failing) Broadcast(*socketio.Packet, socketio.Target) error { return f.err }

func (f failing) BroadcastWithAck(
	context.Context, *socketio.Packet, socketio.Target, func(socketio.Args, error),
) (int, error) {
	return 0, f.err
}

func (f failing) FetchSockets(context.Context, socketio.Target) ([]*socketio.RemoteSocket, error) {
	return nil, f.err
}

func (f failing) Close() error { return f.err }

func TestNegativeOptionsPanic(t *testing.T) {
	for _, row := range []struct {
		name string
		opts socketio.ServerOptions
		want string
	}{
		{"ConnectTimeout", socketio.ServerOptions{ConnectTimeout: -1}, "socketio: ConnectTimeout is negative: leave it zero for the default"},
		{"MaxNamespaces", socketio.ServerOptions{MaxNamespaces: -1}, "socketio: MaxNamespaces is negative: leave it zero for the default"},
		{"MaxPendingAcks", socketio.ServerOptions{MaxPendingAcks: -1}, "socketio: MaxPendingAcks is negative: leave it zero for the default"},
		{"MaxUnhandledBytes", socketio.ServerOptions{MaxUnhandledBytes: -1}, "socketio: MaxUnhandledBytes is negative: leave it zero for the default"},
		{
			"MaxSessions",
			socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{MaxSessions: -1}},
			"socketio: Recovery.MaxSessions is negative: leave it zero for the default",
		},
		{"MaxPayload", socketio.ServerOptions{MaxPayload: -1}, "engineio: MaxPayload is negative: leave it zero for the default"},
		{"PingInterval", socketio.ServerOptions{PingInterval: -1}, "engineio: PingInterval is negative: leave it zero for the default"},
	} {
		t.Run(row.name, func(t *testing.T) {
			equal(t, "panic", panicText(func() { socketio.NewServer(&row.opts) }), row.want)
		})
	}
}
