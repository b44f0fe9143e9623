package socketio_test

import (
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
)

func TestHandlersInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.OnConnection(func(s *socketio.Socket) {
			s.On("e", func() { j.add("socket 1") })
			s.On("other", func() { t.Error("handler of another event") })
			s.On("e", func() { j.add("socket 2") })
			s.OnAny(func(m *socketio.Message) { j.add("any %s", m.Event) })
			s.OnAny(func(*socketio.Message) { j.add("any 2") })
		})
		a.Handle("e", func(s *socketio.Socket) { j.add("namespace 1") })
		a.Handle("e", func() { j.add("namespace 2") })
		c := a.connect()
		c.Send(`42["e"]`, `42["nobody"]`)
		j.expect(t, "any e", "any 2", "namespace 1", "namespace 2", "socket 1", "socket 2", "any nobody", "any 2")
	})
}

func TestHandleConcernsConnectedSockets(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c, other := a.connect(), a.connect()
		off := a.Handle("id", func(s *socketio.Socket) string { return s.ID() })
		c.Send(`421["id"]`)
		c.Expect(`431["` + c.ids["/"] + `"]`)
		other.Send(`421["id"]`)
		other.Expect(`431["` + other.ids["/"] + `"]`)
		off()
		c.Send(`422["id"]`)
		c.silent()
	})
}

func TestOnceAndOff(t *testing.T) {
	for _, row := range []struct {
		name  string
		setup func(s *socketio.Socket, j *journal)
		want  []string // for three events
	}{
		{"On", func(s *socketio.Socket, j *journal) {
			s.On("e", func() { j.add("on") })
		}, []string{"on", "on", "on"}},
		{"Once", func(s *socketio.Socket, j *journal) {
			s.Once("e", func() { j.add("once") })
			s.On("e", func() { j.add("on") })
		}, []string{"once", "on", "on", "on"}},
		{"Once, for another event", func(s *socketio.Socket, j *journal) {
			s.Once("other", func() { j.add("once") })
		}, nil},
		{"Once, off", func(s *socketio.Socket, j *journal) {
			off := s.Once("e", func() { j.add("once") })
			off()
		}, nil},
		{"off", func(s *socketio.Socket, j *journal) {
			off := s.On("e", func() { j.add("1") })
			s.On("e", func() { j.add("2") })
			off()
			off()
		}, []string{"2", "2", "2"}},
		{"off in the handler", func(s *socketio.Socket, j *journal) {
			var off func()
			off = s.On("e", func() { j.add("1"); off() })
			s.On("e", func() { j.add("2") })
		}, []string{"1", "2", "2", "2"}},
		{"off of a later handler", func(s *socketio.Socket, j *journal) {
			var off func()
			s.On("e", func() { j.add("1"); off() })
			off = s.On("e", func() { j.add("2") }) // this dispatch goes on with what it began with
		}, []string{"1", "2", "1", "1"}},
		{"On in a handler", func(s *socketio.Socket, j *journal) {
			s.Once("e", func() {
				j.add("1")
				s.On("e", func() { j.add("added") })
			})
		}, []string{"1", "added", "added"}},
		{"Off", func(s *socketio.Socket, j *journal) {
			s.On("e", func() { j.add("1") })
			s.Once("e", func() { j.add("2") })
			s.OnAny(func(*socketio.Message) { j.add("any") })
			s.Off("e")
			s.Off("unknown")
			s.On("e", func() { j.add("3") })
		}, []string{"any", "3", "any", "3", "any", "3"}},
		{"Once in Once", func(s *socketio.Socket, j *journal) {
			var again func()
			again = func() { j.add("x"); s.Once("e", again) }
			s.Once("e", again)
		}, []string{"x", "x", "x"}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var j journal
			a.OnConnection(func(s *socketio.Socket) { row.setup(s, &j) })
			a.connect().Send(`42["e"]`, `42["e"]`, `42["e"]`)
			j.expect(t, row.want...)
		})
	}
}

func TestOnAny(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		var off func()
		a.OnConnection(func(s *socketio.Socket) {
			off = s.OnAny(func(m *socketio.Message) {
				var v string
				_ = m.Scan(&v)
				j.add("%s %s %t", m.Event, v, m.WantsAck())
			})
			s.OnAny(func(m *socketio.Message) {
				if m.Event == "answer me" {
					_ = m.Ack("any")
				}
			})
			s.On("answer me", func() string { j.add("too late"); return "on" })
		})
		c := a.connect()
		c.Send(`42["e","v"]`, `425["answer me"]`)
		c.Expect(`435["any"]`)
		j.expect(t, "e v false", "answer me  true", "too late")
		off()
		c.Send(`42["e"]`)
		j.expect(t)
	})
}

func TestOnAnyOutgoing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		c, other := a.connect(), a.connect()
		s := c.socket()
		tell := func(who string) func(*socketio.Message) {
			return func(m *socketio.Message) {
				var v any
				_ = m.Scan(&v)
				j.add("%s %s %v", who, m.Event, v)
				if m.WantsAck() || m.Ack() == nil {
					t.Error("an outgoing event wants an acknowledgement of ours")
				}
				if m.Socket() != s {
					t.Error("the message is for another socket")
				}
			}
		}
		off := s.OnAnyOutgoing(tell("1"))
		s.OnAnyOutgoing(func(*socketio.Message) { panic("in OnAnyOutgoing") })
		s.OnAnyOutgoing(tell("2"))
		_ = s.Emit("emit", 1)
		_ = s.Emit("binary", []byte("b"))
		_ = a.Emit("broadcast", "x")
		_ = a.To(s.ID()).Volatile().Emit("binary broadcast", []byte("b"))
		c.Expect(`42["emit",1]`, `451-["binary",{"_placeholder":true,"num":0}]`)
		c.Binary()
		j.expect(t, "1 emit 1", "2 emit 1", "1 binary [98]", "2 binary [98]", "1 broadcast x", "2 broadcast x",
			"1 binary broadcast [98]", "2 binary broadcast [98]")

		_ = other.socket().Emit("not mine")
		_ = s.Broadcast().Emit("not mine")
		j.expect(t)

		off()
		_, _ = s.Timeout(1).EmitWithAck(t.Context(), "ack", 1)
		_, _ = a.To(s.ID()).Timeout(1).EmitWithAck(t.Context(), "broadcast ack")
		j.expect(t, "2 ack 1", "2 broadcast ack <nil>")
	})
}

func TestPrependAny(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var j journal
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		note := func(what string) func(*socketio.Message) {
			return func(m *socketio.Message) { j.add("%s %s", what, m.Event) }
		}
		s.OnAny(note("2"))
		off := s.PrependAny(note("1"))
		s.PrependAny(func(m *socketio.Message) {
			j.add("0")
			off() // this dispatch goes on with what it began with
		})
		s.OnAny(note("3"))
		c.Send(`42["e"]`)
		j.expect(t, "0", "1 e", "2 e", "3 e")
		c.Send(`42["e"]`)
		j.expect(t, "0", "2 e", "3 e")

		off = s.PrependAnyOutgoing(note("out 2"))
		s.OnAnyOutgoing(note("out 3"))
		s.PrependAnyOutgoing(note("out 1"))
		s.Emit("x")
		j.expect(t, "out 1 x", "out 2 x", "out 3 x")
		off()
		a.Emit("y")
		j.expect(t, "out 1 y", "out 3 y")
	})
}

func TestListenerCount(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		a.Handle("e", func() {})
		s.OnAny(func(*socketio.Message) {})
		equal(t, "none", s.ListenerCount("e"), 0)
		off := s.On("e", func() {})
		s.Once("e", func() {})
		s.On("other", func() {})
		equal(t, "two", s.ListenerCount("e"), 2)
		c.Send(`42["e"]`)
		synctest.Wait()
		equal(t, "one", s.ListenerCount("e"), 1)
		off()
		equal(t, "none again", s.ListenerCount("e"), 0)
		equal(t, "other", s.ListenerCount("other"), 1)
		s.Off("other")
		equal(t, "off", s.ListenerCount("other"), 0)
	})
}

// The sockets of one client share its connection.
func TestSocketConn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/x")
		c := a.connect("/", "/x")
		conn := c.socket().Conn()
		equal(t, "other namespace", c.socket("/x").Conn() == conn, true)
		equal(t, "transport", conn.Transport(), "websocket")
		equal(t, "id is another", conn.ID() != c.socket().ID(), true)
	})
}
