package socketio_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// old connects a client of Socket.IO 2 by WebSocket: it is in the main namespace at once.
func (a *app) old() *client {
	a.t.Helper()
	c := a.adopt(a.host.WS("EIO=3&transport=websocket"))
	c.ids["/"] = wiretest.SID(c.Text())
	c.Expect("40")
	return c
}

func serveOld(t *testing.T) *app {
	t.Helper()
	return serve(t, &socketio.ServerOptions{AllowEIO3: true})
}

// What is on the wire with a client of Socket.IO 2 (Socket.IO protocol, revision 4).
func TestSocketIO2(t *testing.T) {
	bubble(t, "refused by default", func(t *testing.T) {
		a := serve(t, nil)
		const want = `{"code":5,"message":"Unsupported protocol version"}`
		res := a.host.Request(http.MethodGet, "EIO=3&transport=polling", "")
		equal(t, "status", res.Status, http.StatusBadRequest)
		equal(t, "body", res.Body, want)
		ws, refusal, err := a.host.DialWS("EIO=3&transport=websocket")
		if ws != nil || err != nil {
			t.Fatal("accepted", err)
		}
		equal(t, "status by WebSocket", refusal.StatusCode, http.StatusBadRequest)
		equal(t, "body by WebSocket", body(t, refusal), want)
	})

	bubble(t, "in the main namespace at once", func(t *testing.T) {
		a := serveOld(t)
		a.answering()
		c := a.old()
		equal(t, "id", c.socket().ID(), c.ids["/"]) // that of the session, which the client knows
		equal(t, "auth", string(c.socket().Handshake().Auth), "{}")
		c.open()
		_ = a.Emit("e", 1)
		c.Expect(`42["e",1]`)
	})

	bubble(t, "by polling", func(t *testing.T) {
		a := serveOld(t)
		const query = "EIO=3&transport=polling"
		open := a.host.Request(http.MethodGet, query, "").Body
		if strings.HasSuffix(open, `2:40`) { // with its length, and as soon as it is connected
			return
		}
		res := a.host.Request(http.MethodGet, query+"&sid="+wiretest.SID(open), "")
		equal(t, "poll", res.Body, `2:40`)
	})

	bubble(t, "another namespace", func(t *testing.T) {
		a := serveOld(t)
		a.Of("/n").Handle("e", func(n int) int { return n + 1 })
		c := a.old()
		c.Send("40/n,")
		c.Expect("40/n,")
		c.ids["/n"] = "/n#" + c.ids["/"]
		equal(t, "id", c.socket("/n").ID(), c.ids["/n"])
		c.Send(`42/n,7["e",1]`)
		c.Expect(`43/n,7[2]`)
		c.Send("40/nowhere")
		c.Expect(`44/nowhere,{"message":"Invalid namespace"}`) // an object, unlike the refusal of a middleware
	})

	bubble(t, "leaves and is sent away", func(t *testing.T) {
		a := serveOld(t)
		a.Of("/n")
		var j journal
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
		})
		c := a.old()
		c.Send("40/n")
		c.Expect("40/n,")
		c.Send("41")
		j.expect(t, "client namespace disconnect")
		_ = a.Of("/n").DisconnectSockets(false)
		c.Expect("41/n,")
	})
}

// The query of a namespace's name is what others say in auth.
func TestSocketIO2Query(t *testing.T) {
	for _, row := range []struct{ name, packet, want string }{
		{"none", `40/n`, `{}`},
		{"one", `40/n?a=b`, `{"a":"b"}`},
		{"with a comma", `40/n?a=b,`, `{"a":"b"}`},
		{"several", `40/n?b=1&a=2`, `{"b":"1","a":"2"}`},
		{"twice", `40/n?a=1&a=2`, `{"a":"2"}`},
		{"escaped", `40/n?a=%26%3D%20%C3%A9&%22=+`, `{"a":"&= é","\"":" "}`},
		{"no value", `40/n?a&b=`, `{"a":"","b":""}`},
		{"broken", `40/n?%zz=1&a=%zz&b=1`, `{"b":"1"}`},
		{"prototype", `40/n?__proto__=x`, `{"__proto__":"x"}`},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serveOld(t)
			auth := make(chan string, 1)
			a.Of("/n").OnConnection(func(s *socketio.Socket) { auth <- string(s.Handshake().Auth) })
			c := a.old()
			c.Send(row.packet)
			c.Expect("40/n,")
			equal(t, "auth", <-auth, row.want)
			c.Send("41/n")
			synctest.Wait()
		})
	}
}

// A refused client gets the data or the message, alone.
func TestSocketIO2Refusal(t *testing.T) {
	for _, row := range []struct {
		name string
		err  error
		want string
	}{
		{"message", &socketio.ConnectError{Message: "no"}, `44/n,"no"`},
		{"data", &socketio.ConnectError{Message: "no", Data: map[string]int{"code": 1}}, `44/n,{"code":1}`},
		{"data that is not JSON", &socketio.ConnectError{Message: "no", Data: func() {}}, `44/n,"no"`},
		{"other error", errors.New("secret"), `44/n,"internal error"`},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serveOld(t)
			a.Of("/n").Use(func(*socketio.Socket) error { return row.err })
			c := a.old()
			c.Send("40/n")
			c.Expect(row.want)
		})
	}
}

// Clients of both kinds are in one room; bytes travel as each expects them.
func TestSocketIO2Binary(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serveOld(t)
		a.Handle("e", func(b []byte) error { return a.To("r").Emit("e", b, "x") })
		old, young := a.old(), a.connect()
		for _, c := range []*client{old, young} {
			c.socket().Join("r")
		}
		const text = `451-["e",{"_placeholder":true,"num":0}]`
		old.Send(text)
		old.SendBinary([]byte{4, 'o'}) // behind the type of the packet
		young.Expect(`451-["e",{"_placeholder":true,"num":0},"x"]`)
		equal(t, "attachment", string(young.Binary()), "o")
		old.Expect(`451-["e",{"_placeholder":true,"num":0},"x"]`)
		equal(t, "attachment", string(old.Binary()), "\x04o")
		young.Send(text)
		young.SendBinary([]byte("y"))
		old.Expect(`451-["e",{"_placeholder":true,"num":0},"x"]`)
		equal(t, "attachment", string(old.Binary()), "\x04y")
	})
}
