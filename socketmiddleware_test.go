package socketio_test

import (
	"errors"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
)

func TestSocketMiddlewareSeesAndChanges(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.Handle("renamed", func(args ...any) { j.add("namespace %v", args) })
		a.OnConnection(func(s *socketio.Socket) {
			s.Use(func(m *socketio.Message) error {
				j.add("1 %s %d", m.Event, m.Len())
				if m.Socket() != s || m.Context() != s.Context() {
					t.Error("the message is of another socket")
				}
				m.Event = "renamed"
				return nil
			})
			s.Use(func(m *socketio.Message) error {
				var first int
				if err := m.Scan(&first); err != nil {
					return err
				}
				j.add("2 %s %d", m.Event, first)
				return m.SetArgs(first+1, []byte("bin"), nil)
			})
			s.OnAny(func(m *socketio.Message) { j.add("any %s", m.Event) })
			s.On("renamed", func(n int, b []byte, rest ...any) int { j.add("socket %d %s %v", n, b, rest); return n })
			s.On("e", func() { t.Error("the event kept its name") })
		})
		c := a.connect()
		c.Send(`427["e",41]`)
		c.Expect(`437[42]`)
		j.expect(t, "1 e 1", "2 renamed 41", "any renamed", "namespace [42 [98 105 110] <nil>]", "socket 42 bin [<nil>]")
	})
}

func TestSocketMiddlewareRefuses(t *testing.T) {
	for _, row := range []struct {
		name string
		mw   func(*socketio.Message) error
		want string // the acknowledgement
	}{
		{
			"for the client", func(*socketio.Message) error {
				return &socketio.AckError{Message: "no", Data: map[string]any{"code": 7}}
			}, `[{"error":{"message":"no","data":{"code":7}}}]`,
		},
		{
			"not for the client", func(*socketio.Message) error { return errors.New("secret") },
			`[{"error":{"message":"internal error"}}]`,
		},
		{
			"panic", func(*socketio.Message) error { panic("secret") },
			`[{"error":{"message":"internal error"}}]`,
		},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var j journal
			a.Handle("e", func() { t.Error("the event reached a handler of the namespace") })
			a.Handle("fine", func() string { return "ok" })
			a.OnConnection(func(s *socketio.Socket) {
				s.Use(func(m *socketio.Message) error {
					if m.Event == "fine" {
						return nil
					}
					return row.mw(m)
				})
				s.Use(func(m *socketio.Message) error { j.add("second %s", m.Event); return nil })
				s.OnError(func(err error) { j.add("error %t", err != nil) })
				s.OnError(func(error) { panic("in OnError") })
				s.OnError(func(error) { j.add("third") })
				s.OnAny(func(m *socketio.Message) { j.add("any %s", m.Event) })
				s.On("e", func() { t.Error("the event reached a handler") })
			})
			c := a.connect()
			c.Send(`42["e"]`, `421["e"]`, `422["fine"]`)
			c.Expect(`431`+row.want, `432["ok"]`)
			j.expect(t, "error true", "third", "error true", "third", "second fine", "any fine")
		})
	}
}

// A middleware that is added while an event is handled concerns the next one.
func TestSocketMiddlewareAddedLater(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.OnConnection(func(s *socketio.Socket) {
			s.Use(func(m *socketio.Message) error {
				s.Use(func(*socketio.Message) error { j.add("added"); return nil })
				j.add("first")
				return nil
			})
			s.On("e", func() { j.add("e") })
		})
		c := a.connect()
		c.Send(`42["e"]`, `42["e"]`)
		j.expect(t, "first", "e", "first", "added", "e")
	})
}

func TestSetArgsThatCannotBeEncoded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.OnConnection(func(s *socketio.Socket) {
			s.Use(func(m *socketio.Message) error {
				if err := m.SetArgs(func() {}); err == nil {
					t.Error("no error")
				}
				return nil
			})
			s.On("e", func(text string) string { return text })
		})
		c := a.connect()
		c.Send(`421["e","kept"]`)
		c.Expect(`431["kept"]`)
	})
}
