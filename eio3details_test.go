package socketio_test

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// serve2 is serve for clients of Socket.IO 2.
func serve2(t *testing.T, opts socketio.ServerOptions) *app {
	t.Helper()
	opts.AllowEIO3 = true
	return serve(t, &opts)
}

// dial2 opens a connection of Socket.IO 2, and returns its id.
func (a *app) dial2() (c *client, id string) {
	a.t.Helper()
	ws := a.host.WS("EIO=3&transport=websocket")
	return a.adopt(ws), wiretest.SID(ws.Text())
}

func TestSocketIO2Details(t *testing.T) {
	bubble(t, "is in the main namespace without asking", func(t *testing.T) {
		a := serve2(t, socketio.ServerOptions{})
		a.Handle("echo", func(s string) string { return s })
		c, id := a.dial2()
		c.Expect("40")
		c.Send(`421["echo","hi"]`)
		c.Expect(`431["hi"]`)
		equal(t, "socket", a.Socket(id) != nil, true)
		c.Send("40") // once more
		c.closed()
	})

	bubble(t, "refused", func(t *testing.T) {
		for _, row := range []struct {
			err  *socketio.ConnectError
			want string
		}{
			{&socketio.ConnectError{Message: "no"}, `44"no"`},
			{&socketio.ConnectError{Message: "no", Data: map[string]int{"code": 1}}, `44{"code":1}`},
			{&socketio.ConnectError{Message: "no", Data: func() {}}, `44"no"`},
			{&socketio.ConnectError{Message: "no", Data: panicking{}}, `44"internal error"`},
		} {
			a := serve2(t, socketio.ServerOptions{})
			a.Use(func(*socketio.Socket) error { return row.err })
			c, _ := a.dial2()
			c.Expect(row.want)
		}
	})

	bubble(t, "the query of a namespace is its auth", func(t *testing.T) {
		a := serve2(t, socketio.ServerOptions{})
		j := &journal{}
		a.Of("/n").OnConnection(func(s *socketio.Socket) { j.add("%s %s", s.ID(), s.Handshake().Auth) })
		for _, row := range []struct{ query, auth string }{
			{"", `{}`},
			{"?", `{}`},
			{"?a=1&b=x%20y+z&a=2", `{"a":"2","b":"x y z"}`},
			{"?a", `{"a":""}`},
			{"?=1&&a=%zz", `{"":"1"}`},
			{`?"=\&é=%00`, `{"\"":"\\","é":"\u0000"}`},
			{"?x=?y", `{"x":"?y"}`},
		} {
			c, id := a.dial2()
			c.Expect("40")
			c.Send("40/n" + row.query + ",")
			c.Expect("40/n,")
			j.expect(t, "/n#"+id+" "+row.auth)
		}
	})

	bubble(t, "long names", func(t *testing.T) {
		a := serve2(t, socketio.ServerOptions{})
		for _, row := range []struct {
			name string
			open bool
		}{
			{"/" + strings.Repeat("n", 511) + "?a=1", true},
			{"/" + strings.Repeat("n", 512), false},
			{"/n?" + strings.Repeat("a", 16_000), true},
			{"/n?" + strings.Repeat("a", 17_000), false},
		} {
			c, _ := a.dial2()
			c.Expect("40")
			c.Send("40" + row.name + ",")
			if !row.open {
				c.closed()
				continue
			}
			name, _, _ := strings.Cut(row.name, "?")
			c.Expect("44" + name + `,{"message":"Invalid namespace"}`)
		}
	})

	bubble(t, "recovery is for others", func(t *testing.T) {
		a := serve2(t, socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}})
		c, id := a.dial2()
		c.Expect("40")
		s := a.Socket(id)
		_ = s.Emit("hi")
		c.Expect(`42["hi"]`)
		c.Close()
		synctest.Wait()
		isErr(t, "Emit", s.Emit("hi"), socketio.ErrDisconnected)
		clients, _ := a.Absent()
		equal(t, "absent", clients, 0)
		equal(t, "known", a.Live(), 0)
	})

	bubble(t, "dynamic namespaces", func(t *testing.T) {
		a := serve2(t, socketio.ServerOptions{})
		j := &journal{}
		a.OfFunc(always).OnConnection(func(s *socketio.Socket) { j.add("%s %s", s.Namespace().Name(), s.Handshake().Auth) })
		c, _ := a.dial2()
		c.Expect("40")
		c.Send("40/dyn?a=1,")
		c.Expect("40/dyn,")
		j.expect(t, `/dyn {"a":"1"}`)
		c.Send("41/dyn?a=1,")
		synctest.Wait()
		equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
	})
}
