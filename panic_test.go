package socketio_test

import (
	"runtime"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
)

// A panic ends the call that it happens in, and nothing else (threats, T60).
func TestPanics(t *testing.T) {
	boom := func() { panic("boom") }
	for _, row := range []struct {
		name, what string // it is logged as
		setup      func(*app, *socketio.Socket)
		act        func(*client)
	}{
		{"handler", "e", func(_ *app, s *socketio.Socket) { s.On("e", boom) }, nil},
		{"typed handler", "e", func(_ *app, s *socketio.Socket) { s.On("e", func(string) int { panic("boom") }) }, nil},
		{"handler of the namespace", "e", func(a *app, _ *socketio.Socket) { a.Handle("e", boom) }, nil},
		{"OnAny", "e", func(_ *app, s *socketio.Socket) { s.OnAny(func(*socketio.Message) { boom() }) }, nil},
		{"middleware", "e", func(_ *app, s *socketio.Socket) { s.Use(func(m *socketio.Message) error { panic("boom") }) }, nil},
		{
			"OnError", "error", func(_ *app, s *socketio.Socket) {
				s.Use(func(m *socketio.Message) error { return &socketio.AckError{} })
				s.OnError(func(error) { boom() })
			}, nil,
		},
		{"OnConnection", "connection", func(*app, *socketio.Socket) { boom() }, func(*client) {}},
		{
			"OnDisconnecting", "disconnecting",
			func(_ *app, s *socketio.Socket) { s.OnDisconnecting(func(socketio.DisconnectReason) { boom() }) },
			func(c *client) { c.Send("41"); c.join("/", "") },
		},
		{
			"OnDisconnect", "disconnect",
			func(_ *app, s *socketio.Socket) { s.OnDisconnect(func(socketio.DisconnectReason) { boom() }) },
			func(c *client) { c.Send("41"); c.join("/", "") },
		},
		{
			"OnAnyOutgoing", "out",
			func(_ *app, s *socketio.Socket) { s.OnAnyOutgoing(func(*socketio.Message) { boom() }) },
			func(c *client) { _ = c.socket().Emit("out"); c.Expect(`42["out"]`) },
		},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var first sync.Once
			a.OnConnection(func(s *socketio.Socket) {
				first.Do(func() { row.setup(a, s) })
			})
			a.OnConnection(func(s *socketio.Socket) {
				s.On("next", func() string { return "ok" })
			})
			c := a.connect()
			synctest.Wait()
			other := a.connect()
			if row.act == nil {
				c.Send(`42["e","x"]`)
			} else {
				row.act(c)
			}
			if row.name != "middleware" && row.name != "OnError" {
				c.Send(`421["next"]`)
				c.Expect(`431["ok"]`)
			}
			other.Send(`421["next"]`)
			other.Expect(`431["ok"]`)
			synctest.Wait()
			if n := len(a.logs.lines("level=ERROR", "panic=boom", "event="+row.what, "namespace=/", "panic_test.go")); n != 1 {
				t.Errorf("logged %d times: %s", n, a.logs)
			}
		})
	}
}

func TestLaterHandlersRunAfterAPanic(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.Handle("e", func() { panic("boom") })
		a.Handle("e", func() { j.add("second") })
		a.OnConnection(func(*socketio.Socket) { panic("boom") })
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnecting(func(socketio.DisconnectReason) { panic("boom") })
			s.OnDisconnecting(func(socketio.DisconnectReason) { j.add("disconnecting") })
			s.OnDisconnect(func(socketio.DisconnectReason) { panic("boom") })
			s.OnDisconnect(func(socketio.DisconnectReason) { j.add("disconnect") })
		})
		c := a.connect()
		c.Send(`42["e"]`, `42["e"]`, `41`)
		j.expect(t, "second", "second", "disconnecting", "disconnect")
	})
}

// A handler that panics owes no answer: that it has failed is the answer.
func TestPanicIsTheAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Handle("e", func(ack func(any)) { ack(panicking{}) })
		a.Handle("handler", func() string { panic("boom") })
		a.Handle("after its answer", func(m *socketio.Message) { _ = m.Ack("fine"); panic("boom") })
		c := a.connect()
		c.Send(`421["e"]`)
		c.Expect(`431[{"error":{"message":"internal error"}}]`)
		c.Send(`422["handler"]`)
		c.Expect(`432[{"error":{"message":"internal error"}}]`)
		c.Send(`423["after its answer"]`)
		c.Expect(`433["fine"]`)
		c.Send(`42["handler"]`)
		c.open()
	})
}

// panicking panics when it is encoded.
type panicking struct{}

func (panicking) MarshalJSON() ([]byte, error) { panic("boom") }

func TestPanicDuringEncoding(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		c := a.connect()
		s := c.socket()
		for range 3 { // pooled encoders survive it
			if text := panicText(func() { _ = s.Emit("e", panicking{}) }); text == "" {
				t.Error("the panic of the caller's own method was swallowed")
			}
			_ = panicText(func() { _, _ = s.EmitWithAck(t.Context(), "e", panicking{}) })
		}
		equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
		c.open()
		c.silent()
	})
}

// A handler that ends its goroutine, as FailNow of a test does, ends that call only, too.
func TestGoexitInAHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.Handle("exit", func() { runtime.Goexit() })
		a.Handle("next", func() { j.add("next") })
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnect(func(socketio.DisconnectReason) { j.add("disconnect") })
		})
		c := a.connect()
		c.Send(`42["exit"]`, `42["next"]`)
		synctest.Wait()
		c.Send(`42["next"]`)
		synctest.Wait()
		c.Close()
		j.expect(t, "next", "next", "disconnect")
	})
}
