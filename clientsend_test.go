package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

func TestClientOffline(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, nil)
		var got []string
		a.Handle("say", func(s *socketio.Socket, text string) string {
			got = append(got, text)
			return "got " + text
		})
		g := a.guest("", opts)
		if err := g.Emit("say", "too early"); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("Emit before Connect: %v", err)
		}
		g.connect()
		g.network.setDown(true)
		g.network.cut()
		wait(time.Second / 2)
		if g.Connected() || !g.Active() {
			t.Fatal("it should be trying to reconnect")
		}
		for i := range 3 {
			if err := g.Emit("say", fmt.Sprint(i)); err != nil {
				t.Error(err)
			}
		}
		if err := g.Volatile().Emit("say", "volatile"); !errors.Is(err, socketio.ErrDropped) {
			t.Errorf("volatile: %v", err)
		}
		answer := make(chan string, 1)
		go func() { // ends with the answer
			var text string
			args, err := g.EmitWithAck(t.Context(), "say", "ask")
			_ = args.Scan(&text)
			answer <- fmt.Sprint(text, " ", err)
		}()
		if _, err := g.Timeout(time.Second).EmitWithAck(t.Context(), "say", "given up"); !errors.Is(err, socketio.ErrAckTimeout) {
			t.Errorf("timeout: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.EmitWithAck(ctx, "say", "given up, too"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("context: %v", err)
		}
		g.network.setDown(false)
		wait(time.Minute)
		if got := <-answer; got != "got ask <nil>" {
			t.Errorf("answer: %q", got)
		}
		if want := []string{"0", "1", "2", "ask"}; !slices.Equal(got, want) {
			t.Errorf("the server got %q, want %q", got, want)
		}
	})
}

func TestClientQueueFull(t *testing.T) {
	t.Parallel()
	bubble(t, "without a connection", func(t *testing.T) {
		a := serve(t, nil)
		n := 0
		a.Handle("x", func(*socketio.Socket, string) { n++ })
		g := a.guest("", &socketio.ClientOptions{MaxQueuedBytes: 10_000})
		g.connect()
		g.network.setDown(true)
		g.network.cut()
		synctest.Wait()
		accepted := 0
		var err error
		for err == nil && accepted < 1000 {
			if err = g.Emit("x", strings.Repeat("x", 1000)); err == nil {
				accepted++
			}
		}
		if !errors.Is(err, socketio.ErrQueueFull) || accepted < 5 || accepted > 10 {
			t.Errorf("accepted %d, then %v", accepted, err)
		}
		g.network.setDown(false)
		wait(time.Minute)
		if n != accepted {
			t.Errorf("the server got %d of %d", n, accepted)
		}
		if err := g.Emit("x", ""); err != nil {
			t.Errorf("there is room again: %v", err)
		}
	})
	bubble(t, "too large for the server", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxPayload: 10_000})
		g := a.guest("", nil)
		g.connect()
		if err := g.Emit("x", strings.Repeat("x", 10_000)); !errors.Is(err, socketio.ErrTooLarge) {
			t.Errorf("got %v", err)
		}
		if _, err := g.EmitWithAck(t.Context(), "x", strings.Repeat("x", 10_000)); !errors.Is(err, socketio.ErrTooLarge) {
			t.Errorf("with an acknowledgement: %v", err)
		}
		g.network.cut()
		synctest.Wait()
		_, err := g.EmitWithAck(t.Context(), "x", strings.Repeat("x", 10_000))
		if !errors.Is(err, socketio.ErrTooLarge) {
			t.Errorf("without a connection: %v", err)
		}
		if err := g.Connect(t.Context()); err != nil || !g.Connected() {
			t.Error("the connection should not have suffered:", err)
		}
	})
}

func TestClientAcksOfLostConnection(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		opts.MaxPendingAcks = 2
		a := serve(t, nil)
		var late *socketio.Message
		a.OnConnection(func(s *socketio.Socket) {
			s.On("never", func(ack func()) {})
			go func() { _, _ = s.EmitWithAck(s.Context(), "late") }() // ends with the socket
		})
		g := a.guest("", opts)
		g.Once("late", func(m *socketio.Message) { late = m })
		g.connect()
		errs := make(chan error, 3)
		for range 3 {
			go func() { // ends with the connection
				_, err := g.EmitWithAck(context.Background(), "never")
				errs <- err
			}()
		}
		wait(time.Second)
		if err := <-errs; !errors.Is(err, socketio.ErrTooManyAcks) {
			t.Errorf("the third: %v", err)
		}
		g.network.cut()
		for range 2 {
			if err := <-errs; !errors.Is(err, socketio.ErrDisconnected) {
				t.Errorf("got %v", err)
			}
		}
		ctx := late.Context()
		if ctx.Err() == nil {
			t.Error("the context of its event should have ended")
		}
		wait(time.Minute)
		if !g.Connected() {
			t.Fatal("not connected again")
		}
		if err := late.Ack(); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("an acknowledgement on another connection: %v", err)
		}
	})
}

func TestClientHandlers(t *testing.T) {
	t.Parallel()
	bubble(t, "families", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("echo", func(s *socketio.Socket, event string, args ...any) { s.Emit(event, args...) })
		g := a.guest("", nil)
		g.OnAny(func(m *socketio.Message) {
			if m.Client() != g.Client || m.Socket() != nil {
				t.Error("a message of a client should know that")
			}
			g.story.add("any %s", m.Event)
		})
		g.PrependAny(func(*socketio.Message) { g.story.add("first") })
		g.OnAnyOutgoing(func(m *socketio.Message) {
			var name string
			_ = m.Scan(&name)
			g.story.add("out %s %s", m.Event, name)
		})
		off := g.On("a", func(n int) { g.story.add("a %d", n) })
		g.Once("a", func() { g.story.add("once") })
		g.On("b", func(text string) { panic("oh") })
		g.On("b", func() { g.story.add("b") })
		g.connect()
		g.Emit("echo", "a", 1)
		g.story.want("out echo a", "first", "any a", "a 1", "once")
		off()
		g.Emit("echo", "a", 2)
		g.story.want("out echo a", "first", "any a")
		g.Emit("echo", "b", "x")
		g.story.want("out echo b", "first", "any b", "b")
		g.Emit("echo", "error", "not reserved at a client")
		g.story.want("out echo error", "first", "any error")
	})
	bubble(t, "reserved names", func(t *testing.T) {
		g := serve(t, nil).guest("", nil)
		for event, hint := range map[string]string{
			"connect": "OnConnect", "connect_error": "OnConnectError", "disconnect": "OnDisconnect",
		} {
			func() {
				defer func() {
					if text, _ := recover().(string); !strings.HasSuffix(text, "that servers send: use "+hint) {
						t.Errorf("On(%q) panicked with %q", event, text)
					}
				}()
				g.On(event, func() {})
			}()
		}
		g.On("error", func() {})
		g.connect()
		if err := g.Emit("connect"); err == nil {
			t.Error("Emit of a reserved name")
		}
	})
	bubble(t, "wrong arguments, and an error", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", nil)
		g.On("n", func(n int) int { return n })
		g.On("fail", func() error { return errors.New("secret") })
		g.On("panic", func() { panic("secret") })
		answers := make(chan string, 10)
		a.OnConnection(func(s *socketio.Socket) {
			for _, event := range []string{"n", "fail", "panic"} {
				args, err := s.Timeout(time.Second).EmitWithAck(s.Context(), event, "text")
				answers <- fmt.Sprint(event, " ", raw(args), " ", err)
			}
			s.Emit("done")
		})
		g.On("done", func() { close(answers) })
		g.connect()
		wait(time.Minute)
		var got []string
		for line := range answers {
			got = append(got, line)
		}
		want := []string{
			"n  socketio: no acknowledgement in time",
			`fail {"error":{"message":"internal error"}} <nil>`,
			`panic {"error":{"message":"internal error"}} <nil>`,
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
	bubble(t, "removed hooks", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", nil)
		off := g.OnConnect(func() { g.story.add("removed") })
		g.OnConnect(func() { g.story.add("kept"); panic("oh") })
		off()
		off()
		if err := g.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.story.want("connect", "kept")
	})
}

func TestClientBlockingHandler(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, nil)
		a.OnConnection(func(s *socketio.Socket) {
			s.On("ask", func() string { return "answer" })
			for i := range 100 {
				s.Emit("n", i)
			}
		})
		g := a.guest("", opts)
		var got []int
		g.On("n", func(n int) {
			if n == 50 { // its own connection is read meanwhile
				if _, err := g.EmitWithAck(t.Context(), "ask"); err != nil {
					t.Error(err)
				}
				time.Sleep(time.Minute) // fake time
			}
			got = append(got, n)
		})
		g.connect()
		wait(2 * time.Minute)
		if len(got) != 100 || !slices.IsSorted(got) || !g.Connected() {
			t.Errorf("handled %d, connected: %v", len(got), g.Connected())
		}
	})
	bubble(t, "for ever", func(t *testing.T) {
		a := serve(t, nil)
		a.OnConnection(func(s *socketio.Socket) {
			for range 100 {
				s.Emit("big", strings.Repeat("x", 1000))
			}
		})
		g := a.guest("", &socketio.ClientOptions{MaxUnhandledBytes: 10_000, Transports: []string{"websocket"}})
		stop := make(chan struct{})
		g.On("big", func() { <-stop })
		if err := g.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		wait(time.Second)
		if !g.Connected() {
			t.Error("it is too early")
		}
		wait(time.Minute)
		if err := g.LastError(); !errors.Is(err, socketio.HandlersTooSlow) {
			t.Errorf("LastError: %v", err)
		}
		g.Disconnect()
		close(stop)
	})
}

func TestClientClose(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, nil)
		n := 0
		var reason socketio.DisconnectReason
		a.OnConnection(func(s *socketio.Socket) {
			s.On("x", func(string) { n++ })
			s.OnDisconnect(func(r socketio.DisconnectReason) { reason = r })
		})
		g := a.guest("", opts)
		g.connect()
		for range 100 {
			if err := g.Emit("x", strings.Repeat("x", 10_000)); err != nil {
				t.Fatal(err)
			}
		}
		g.Close()
		g.story.want("disconnect io client disconnect")
		if n != 100 {
			t.Errorf("the server got %d of 100 events", n)
		}
		if reason != socketio.ClientDisconnect {
			t.Errorf("reason at the server: %q", reason)
		}
		if err := g.Emit("x"); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("Emit after Close: %v", err)
		}
		wait(time.Second)
		if len(g.network.conns) != 0 || a.ConnectionCount() != 0 {
			t.Errorf("%d connections of the network, %d of the server are left", len(g.network.conns), a.ConnectionCount())
		}
		g.Close()
		g.story.want()

		g.On("x", func() { g.Close() }) // in a handler
		a.OnConnection(func(s *socketio.Socket) { s.Emit("x"); s.Emit("x") })
		if err := g.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.story.want("connect", "disconnect io client disconnect")
	})
	bubble(t, "drops what waits", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("x", func(*socketio.Socket) { t.Error("that was dropped") })
		g := a.guest("", nil)
		g.connect()
		g.network.setDown(true)
		g.network.cut()
		synctest.Wait()
		errs := make(chan error, 1)
		go func() { // ends with Close
			_, err := g.EmitWithAck(context.Background(), "x")
			errs <- err
		}()
		g.Emit("x")
		synctest.Wait()
		g.Close()
		if err := <-errs; !errors.Is(err, socketio.ErrDisconnected) {
			t.Error(err)
		}
		g.network.setDown(false)
		g.connect()
		wait(time.Second)
	})
	bubble(t, "while connecting", func(t *testing.T) {
		for d := range 20 {
			a := serve(t, nil)
			g := a.guest("", nil)
			errs := make(chan error)
			go func() { errs <- g.Connect(t.Context()) }() // ends with Close at the latest
			for range d * d {
				runtime.Gosched()
			}
			g.Close()
			if err := <-errs; err == nil {
				g.Close() // the first came before Connect
			}
			wait(time.Second)
			if n := len(g.network.conns); n != 0 {
				t.Fatalf("%d: %d connections are left", d, n)
			}
			wait(2 * time.Minute) // the server may have made a session that nobody heard of
			if n := a.ConnectionCount(); n != 0 {
				t.Fatalf("%d: %d sessions are left", d, n)
			}
		}
	})
}

// raw is the first argument, if there is one.
func raw(args socketio.Args) string {
	if args.Len() == 0 {
		return ""
	}
	return string(args.Raw(0))
}
