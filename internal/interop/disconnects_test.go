package interop

import (
	"context"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser"
)

// short are options that make a silent client known soon.
var short = &socketio.ServerOptions{PingInterval: 400 * time.Millisecond, PingTimeout: 400 * time.Millisecond}

// A perMode is a string that is not the same with polling.
type perMode struct{ all, polling string }

func (p perMode) in(m mode) string {
	if m.name == "polling" && p.polling != "" {
		return p.polling
	}
	return p.all
}

// TestDisconnect ends connections in all ways and compares the reasons that both sides see.
func TestDisconnect(t *testing.T) {
	tests := []struct {
		name   string
		opts   *socketio.ServerOptions
		action string  // of disconnects.mjs
		what   string  // what the server is asked to do
		client perMode // reason
		server perMode // reason
		events string  // that the client gets before
		active bool    // the client would reconnect
	}{
		{
			name: "leave", action: "leave",
			client: perMode{all: "io client disconnect"}, server: perMode{all: "client namespace disconnect"},
		},
		{
			name: "kick", action: "ask", what: "kick",
			client: perMode{all: "io server disconnect"}, server: perMode{all: "server namespace disconnect"},
		},
		{
			name: "kick all", action: "ask", what: "kick all",
			client: perMode{all: "io server disconnect"}, server: perMode{all: "server namespace disconnect"},
		},
		{
			name: "last words", action: "ask", what: "last words",
			client: perMode{all: "io server disconnect"}, server: perMode{all: "server namespace disconnect"},
			events: strings.TrimSpace(strings.Repeat("last ", 20)),
		},
		{
			name: "close engine", action: "closeEngine",
			client: perMode{all: "forced close"}, server: perMode{all: "transport close"}, active: true,
		},
		{
			name: "cut", action: "ask", what: "cut",
			client: perMode{all: "transport close", polling: "transport error"},
			server: perMode{all: "transport close", polling: "transport error"}, active: true,
		},
		{
			name: "freeze", opts: short, action: "ask", what: "freeze",
			client: perMode{all: "ping timeout"}, server: perMode{all: "ping timeout"}, active: true,
		},
		{
			name: "payload", opts: &socketio.ServerOptions{MaxPayload: 10_000}, action: "sendTooMuch",
			client: perMode{all: "transport close", polling: "transport error"},
			// A POST that is too large is refused, as by the official server, and then it is the client that gives up.
			server: perMode{all: "payload too large", polling: "transport close"}, active: true,
		},
		{
			name: "garbage", action: "sendGarbage",
			client: perMode{all: "transport close"}, server: perMode{all: "parse error"}, active: true,
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				s := newServer(t, test.opts)
				s.start(t)
				p := newProxy(t, s.url)
				s.url = p.url
				reasons := handleDisconnects(s.io, p)
				var got struct {
					Reason, Events string
					Active         bool
				}
				s.run(t, m, "disconnects.ended", map[string]string{"action": test.action, "what": test.what}, &got)
				want := test.client.in(m)
				if got.Reason != want || got.Active != test.active {
					t.Errorf("the client was disconnected for %q (will reconnect: %t), want %q (%t)",
						got.Reason, got.Active, want, test.active)
				}
				if got.Events != test.events {
					t.Errorf("the client got the events %q before, want %q", got.Events, test.events)
				}
				if reason := receive(t, "disconnection", reasons); string(reason) != test.server.in(m) {
					t.Errorf("the server's reason is %q, want %q", reason, test.server.in(m))
				}
			})
		})
	}
}

// handleDisconnects makes the server end connections on demand, and gives the reasons for which it has seen them end.
// The network, if there is one that can be cut, is repaired when the server has noticed.
func handleDisconnects(io *socketio.Server, p *proxy) <-chan socketio.DisconnectReason {
	reasons := make(chan socketio.DisconnectReason, 16)
	var notes []string
	io.OnConnection(func(s *socketio.Socket) {
		s.OnDisconnect(func(r socketio.DisconnectReason) {
			reasons <- r
			if p != nil {
				p.repair()
			}
		})
	})
	io.Handle("note", func(n int) string {
		notes = append(notes, strconv.Itoa(n))
		return strings.Join(notes, ",")
	})
	io.Handle("big", func(string) { panic("it was delivered") })
	io.Handle("kick", func(s *socketio.Socket) { s.Disconnect(false) })
	io.Handle("kick all", func(s *socketio.Socket) { s.Disconnect(true) })
	io.Handle("last words", func(s *socketio.Socket) {
		for range 20 {
			s.Emit("last")
		}
		s.Disconnect(true)
	})
	io.Handle("cut", func() { p.cut() })
	io.Handle("freeze", func() { p.frozen.Store(true) })
	io.Of("/other").Handle("ping", func() string { return "pong" })
	return reasons
}

func TestDisconnectAlone(t *testing.T) {
	scenarios(t, "disconnects", func(io *socketio.Server) { handleDisconnects(io, nil) }, "alone", "again")
}

// TestReconnect cuts the connection.
func TestReconnect(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := newServer(t, nil)
		s.start(t)
		p := newProxy(t, s.url)
		s.url = p.url
		reasons := handleDisconnects(s.io, p)
		s.run(t, m, "disconnects.reconnects", map[string]string{"what": "cut"}, nil)
		want := perMode{all: "transport close", polling: "transport error"}.in(m)
		if r := receive(t, "disconnection", reasons); string(r) != want {
			t.Errorf("the server's reason is %q, want %q", r, want)
		}
		if r := receive(t, "second disconnection", reasons); r != socketio.ClientDisconnect {
			t.Errorf("the server's reason is %q at last, want %q", r, socketio.ClientDisconnect)
		}
	})
}

// TestRecovery cuts the connection, too, but the server has kept what the client needs to go on.
func TestRecovery(t *testing.T) { testRecovery(t, nil) }

func testRecovery(t *testing.T, codec parser.Codec) {
	eachMode(t, func(t *testing.T, m mode) {
		s := newServer(t, &socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}, Parser: codec})
		s.start(t)
		p := newProxy(t, s.url)
		s.url = p.url
		handleDisconnects(s.io, p)
		send := func(from, n int) {
			for i := from; i < from+n; i++ {
				if i%4 == 1 {
					s.io.To("room").Emit("n", -1, []byte{byte(i)})
				} else {
					s.io.To("room").Emit("n", i)
				}
			}
		}
		s.io.OnConnection(func(sock *socketio.Socket) {
			if !sock.Recovered() {
				sock.Join("room")
				sock.SetData("data")
			}
			sock.On("state", func() ([]string, any, bool) { return sock.Rooms(), sock.Data(), sock.Recovered() })
			sock.On("send", send)
			sock.OnDisconnecting(func(socketio.DisconnectReason) { send(3, 17) }) // while nothing gets through
		})
		s.run(t, m, "disconnects.recovers", nil, nil)
	})
}

// TestRestart replaces the server by another one at the same address.
func TestRestart(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		first, second := newServer(t, nil), newServer(t, nil)
		first.start(t)
		reasons := handleDisconnects(first.io, nil)
		handleDisconnects(second.io, nil)
		restarted := make(chan struct{})
		first.io.Handle("restart", func() {
			go func() { // ends when the second server runs
				defer close(restarted)
				first.stop()
				second.listen(t, strings.TrimPrefix(first.url, "http://"))
			}()
		})
		first.run(t, m, "disconnects.reconnects", map[string]string{"what": "restart"}, nil)
		receive(t, "restart", restarted)
		if r := receive(t, "disconnection", reasons); r != socketio.ServerShutdown {
			t.Errorf("the server's reason is %q, want %q", r, socketio.ServerShutdown)
		}
	})
}

func TestShutdown(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := newServer(t, nil)
		reasons := handleDisconnects(s.io, nil)
		done := make(chan error, 1)
		s.io.Handle("shutdown", func(events int) {
			for range events {
				s.io.Emit("last")
			}
			go func() { // ends with Shutdown
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				defer cancel()
				done <- s.io.Shutdown(ctx)
			}()
		})
		s.start(t)
		s.run(t, m, "disconnects.shutdown", nil, nil)
		if err := receive(t, "end of Shutdown", done); err != nil {
			t.Errorf("Shutdown: %v", err)
		}
		for range 5 {
			if r := receive(t, "disconnection", reasons); r != socketio.ServerShutdown {
				t.Errorf("the server's reason is %q, want %q", r, socketio.ServerShutdown)
			}
		}
	})
}
