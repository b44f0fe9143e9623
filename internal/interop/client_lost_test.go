package interop

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// TestGoClientRecovery has the official server keep the state of a connection that is cut.
func TestGoClientRecovery(t *testing.T) {
	for _, row := range []struct {
		name      string
		parser    string
		keep      int // ms
		recovered bool
	}{
		{"recovered", "", 120_000, true},
		{"recovered by msgpack", "msgpack", 120_000, true},
		{"expired", "", 1, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				o := newOfficial(t, officialSetup{
					Parser: row.parser,
					Options: map[string]any{
						"connectionStateRecovery": map[string]any{"maxDisconnectionDuration": row.keep},
						"pingInterval":            200, // finds the cut if no poll waits
						"pingTimeout":             1500,
					},
				})
				p := newProxy(t, o.url)
				opts := &socketio.ClientOptions{Auth: map[string]any{"name": "bob"}}
				if row.parser != "" {
					opts.Parser = msgpack.Codec{}
				}
				c := newGoClient(t, p.url, m, opts)
				got := make(chan int, 100)
				c.On("n", func(n int) { got <- n })
				c.connect()
				id := c.ID()
				if c.Recovered() {
					t.Error("a new connection is recovered")
				}
				c.settled()
				o.do(t, "tell", map[string]any{"numbers": []int{1, 2}}, nil)
				expectNumbers(t, got, 1, 2)

				p.cut()
				c.until("disconnect: ")
				o.waitFor(t, "disconnect", 1)
				o.do(t, "tell", map[string]any{"numbers": []int{3, 4}}, nil)
				p.repair()
				c.until("connect")
				for c.ID() == "" { // "connect_error" begins like it
					c.until("connect")
				}
				if c.Recovered() != row.recovered || (c.ID() == id) != row.recovered {
					t.Errorf("recovered: %v, with the same id: %v", c.Recovered(), c.ID() == id)
				}
				if askFor[string](c, "id") != c.ID() {
					t.Error("the server knows another id")
				}
				o.do(t, "tell", map[string]any{"numbers": []int{5}}, nil)
				if row.recovered {
					expectNumbers(t, got, 3, 4, 5)
				} else {
					expectNumbers(t, got, 5)
				}
				var h struct {
					Auth map[string]any `json:"auth"`
				}
				if c.ask([]any{&h}, "handshake"); h.Auth["name"] != "bob" {
					t.Errorf("Auth of the second connection: %v", h.Auth)
				}
			})
		})
	}
}

func expectNumbers(t *testing.T, got <-chan int, want ...int) {
	t.Helper()
	for _, n := range want {
		if g := receive(t, fmt.Sprint("number ", n), got); g != n {
			t.Fatalf("got %d, want %d", g, n)
		}
	}
}

// TestGoClientRestart closes the server, and starts it again at the same port.
func TestGoClientRestart(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, nil)
		other := c.of("/a")
		var attempts []int // of a handler, and later of the test
		c.OnReconnectAttempt(func(n int) { attempts = append(attempts, n) })
		reconnected := make(chan int, 1)
		c.OnReconnect(func(n int) { reconnected <- n })
		failed := make(chan error, 1000)
		c.OnReconnectError(func(err error) { failed <- err })
		c.connect()
		other.connect()
		c.settled()
		id := c.ID()
		o.stop(t)
		c.until("disconnect: ")
		if c.ID() != "" || c.Connected() || !c.Active() {
			t.Errorf("without a connection: id %q, connected %v, active %v", c.ID(), c.Connected(), c.Active())
		}
		var handshake *engineio.HandshakeError
		if err := receive(t, "failed attempt", failed); !errors.As(err, &handshake) {
			t.Errorf("an attempt fails with %v", err)
		}
		for i := range 5 {
			if err := errors.Join(c.Emit("note", i, []byte{byte(i)}), other.Emit("note", "a", i)); err != nil {
				t.Error(err)
			}
		}
		if err := c.Volatile().Emit("note", "volatile"); !errors.Is(err, socketio.ErrDropped) {
			t.Errorf("a volatile event: %v", err)
		}
		answer := make(chan string, 1)
		go func() { // ends with the answer
			var text string
			args, err := c.Timeout(patience).EmitWithAck(t.Context(), "echo", "buffered")
			err = errors.Join(err, args.Scan(&text))
			answer <- fmt.Sprint(text, " ", err)
		}()
		o.start(t)
		if got := receive(t, "answer", answer); got != "buffered <nil>" {
			t.Errorf("the answer is %q", got)
		}
		n := receive(t, "reconnection", reconnected)
		if c.ID() == id || c.Recovered() {
			t.Error("it is the same socket")
		}
		askFor[string](other, "id")
		var root, a []string
		for _, line := range o.seen(t, "note") {
			if line[0] == 'a' {
				a = append(a, line)
			} else {
				root = append(root, line[:1])
			}
		}
		if !slices.Equal(root, []string{"0", "1", "2", "3", "4"}) || len(a) != 5 || !slices.IsSorted(a) {
			t.Errorf("the server got %q and %q", root, a)
		}
		if len(attempts) != n || attempts[0] != 1 || !slices.IsSorted(attempts) {
			t.Errorf("attempts %v, reconnected with %d", attempts, n)
		}
	})
}

// TestGoClientLost ends the connection in ways that a server and its host have, and sees the client come back.
func TestGoClientLost(t *testing.T) {
	for _, row := range []struct {
		event  string
		reason perMode
	}{
		{"cut", perMode{all: "transport close", polling: "transport error"}},
		{"close engine", perMode{all: "transport close"}},
		{"garbage", perMode{all: "parse error"}},
	} {
		t.Run(row.event, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				o := newOfficial(t, officialSetup{})
				c := o.client(t, m, nil)
				c.connect()
				c.settled()
				for range 2 {
					id, ctx := c.ID(), c.Context()
					c.Emit(row.event)
					got := c.until("disconnect: ")[len("disconnect: "):]
					// The end of a TCP connection may be found by one that writes.
					if want := row.reason.in(m); got != want && !(row.event == "cut" && got == "transport error") {
						t.Errorf("reason %q, want %q", got, want)
					}
					var reason socketio.DisconnectReason
					if !errors.As(c.LastError(), &reason) || string(reason) != got {
						t.Errorf("LastError: %v", c.LastError())
					}
					if cause := context.Cause(ctx); !errors.Is(cause, reason) {
						t.Errorf("cause of the context: %v", cause)
					}
					c.expect("connect")
					if c.ID() == id || askFor[string](c, "id") != c.ID() {
						t.Error("the socket should be a new one")
					}
					c.settled()
				}
			})
		})
	}
}

// TestGoClientEngineClosed has the server's Engine.IO close everything, WebSockets for good.
func TestGoClientEngineClosed(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, nil)
		c.connect()
		c.settled()
		o.do(t, "closeEngine", nil, nil)
		c.until("disconnect: transport ") // "error" if no poll waits: the next one is of an unknown session
		if !c.Active() {
			t.Error("it should try to reconnect")
		}
		if m.name != "websocket" {
			c.expect("connect")
			askFor[string](c, "id")
			return
		}
		c.until("connect_error: ")
		var err *engineio.HandshakeError
		if !errors.As(c.LastError(), &err) || err.Status != 503 {
			t.Errorf("LastError: %v", c.LastError())
		}
	})
}

// TestGoClientFrozen is for a network that loses everything, and says nothing.
func TestGoClientFrozen(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{Options: map[string]any{"pingInterval": 300, "pingTimeout": 500}})
		p := newProxy(t, o.url)
		c := newGoClient(t, p.url, m, &socketio.ClientOptions{ConnectTimeout: 2 * time.Second})
		c.connect()
		c.settled()
		start := time.Now()
		p.frozen.Store(true)
		c.expect("disconnect: ping timeout")
		if took := time.Since(start); took < 300*time.Millisecond {
			t.Errorf("it took %v", took)
		}
		if err := c.Emit("note", "meanwhile"); err != nil {
			t.Error(err)
		}
		p.cut() // what is frozen stays so
		p.frozen.Store(false)
		p.repair()
		c.until("connect")
		o.waitFor(t, "note", 1)
		o.waitFor(t, "disconnect", 1)
	})
}

// TestGoClientHeartbeat keeps a quiet connection for many heartbeats.
func TestGoClientHeartbeat(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{Options: map[string]any{"pingInterval": 50, "pingTimeout": 5000}})
		c := o.client(t, m, nil)
		c.connect()
		c.settled()
		before := c.Conn().Received()
		eventually(t, "twelve pings", func() bool { return c.Conn().Received() >= before+12 })
		if id := askFor[string](c, "id"); id != c.ID() || len(o.seen(t, "disconnect")) > 0 {
			t.Error("the connection was lost")
		}
	})
}

func TestGoClientRetries(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, &socketio.ClientOptions{Retries: 3, AckTimeout: 300 * time.Millisecond})
		if err := c.Emit("stubborn", 0, 1); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("Emit before Connect: %v", err)
		}
		c.connect()
		// The second is acknowledged at the third try, and the others wait for it.
		for id, needed := range []int{1, 3, 1} {
			if err := c.Emit("stubborn", id, needed); err != nil {
				t.Fatal(err)
			}
		}
		var id, tries int
		answer, err := c.EmitWithAck(t.Context(), "stubborn", 3, 2)
		if err := errors.Join(err, answer.Scan(&id, &tries)); err != nil || id != 3 || tries < 2 {
			t.Errorf("the answer is %d at try %d, %v", id, tries, err)
		}
		// A server that is slow gets more tries, of the same event.
		got := o.seen(t, "try")
		if !slices.IsSorted(got) || !slices.Equal(slices.Compact(slices.Clone(got)), []string{"0", "1", "2", "3"}) || len(got) < 7 {
			t.Errorf("the server got %q", got)
		}

		_, err = c.Timeout(10*time.Millisecond).EmitWithAck(t.Context(), "never")
		if !errors.Is(err, socketio.ErrAckTimeout) {
			t.Errorf("given up: %v", err)
		}
		if askFor[string](c, "echo", "next") != "next" {
			t.Error("what follows is held up")
		}
	})
}

// TestGoClientRetriesLost loses acknowledgements with their connection: the server gets such events twice.
func TestGoClientRetriesLost(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, &socketio.ClientOptions{Retries: 5, AckTimeout: patience})
		c.connect()
		c.settled()
		for id := range 3 {
			if err := c.Emit("lost", id); err != nil {
				t.Fatal(err)
			}
		}
		if got := askFor[int](c, "lost", 3); got != 3 {
			t.Errorf("the answer is %d", got)
		}
		if got, want := o.seen(t, "try"), []string{"0", "0", "1", "1", "2", "2", "3", "3"}; !slices.Equal(got, want) {
			t.Errorf("the server got %q, want %q", got, want)
		}

		// Without retries the acknowledgement has failed.
		once := o.client(t, m, nil)
		once.connect()
		if _, err := once.Timeout(patience).EmitWithAck(t.Context(), "lost", "once"); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("EmitWithAck: %v", err)
		}
	})
}

// TestGoClientRetriesOffline keeps such events until the server is there.
func TestGoClientRetriesOffline(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		o.stop(t)
		c := o.client(t, m, &socketio.ClientOptions{Retries: 1, AckTimeout: patience})
		if err := c.tryConnect(); err == nil || !c.Active() {
			t.Fatalf("Connect: %v, active: %v", err, c.Active())
		}
		for id := range 5 {
			if err := c.Emit("stubborn", id, 1); err != nil {
				t.Fatal(err)
			}
		}
		c.OnConnect(func() { c.Emit("stubborn", 5, 1) })
		o.start(t)
		o.waitFor(t, "try", 6)
		askFor[string](c, "echo", "done")
		if got := o.seen(t, "try"); !slices.Equal(got, []string{"0", "1", "2", "3", "4", "5"}) {
			t.Errorf("the server got %q", got)
		}
	})
}
