package socketio_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/socketio-go/socketio"
)

// A marshaled says how often it was.
type marshaled struct{ times *atomic.Int32 }

func (c marshaled) MarshalJSON() ([]byte, error) {
	c.times.Add(1)
	return []byte(`"` + strings.Repeat("x", 2000) + `"`), nil // so long that it is compressed
}

// An event is encoded once, however many get it, by whatever transport and protocol.
func TestBroadcastIsEncodedOnce(t *testing.T) {
	for _, row := range []struct {
		name string
		emit func(a *app, v any) error
	}{
		{"namespace", func(a *app, v any) error { return a.Emit("e", v) }},
		{"room", func(a *app, v any) error { return a.To("r").Emit("e", v) }},
		{"except", func(a *app, v any) error { return a.Except("nobody").Emit("e", v) }},
		{"volatile", func(a *app, v any) error { return a.Volatile().Emit("e", v) }},
		{"to the others", func(a *app, v any) error {
			for s := range a.Sockets() {
				return s.Broadcast().Emit("e", v)
			}
			return nil
		}},
	} {
		for _, recovery := range []*socketio.RecoveryOptions{nil, {}} {
			name := row.name
			if recovery != nil {
				name += ", with recovery"
			}
			bubble(t, name, func(t *testing.T) {
				a := serve(t, &socketio.ServerOptions{AllowEIO3: true, PerMessageDeflate: true, Recovery: recovery})
				a.OnConnection(func(s *socketio.Socket) { s.Join("r") })
				for range 3 {
					ws := a.host.WS("EIO=4&transport=websocket", "Sec-WebSocket-Extensions", "permessage-deflate")
					ws.Text()
					ws.Send("40")
					a.adopt(ws).Text()
					a.adopt(a.host.WS("EIO=3&transport=websocket")).Text()
					p := a.host.Polling()
					p.Post("40")
					p.Get()
				}
				synctest.Wait()
				var times atomic.Int32
				isErr(t, "Emit", row.emit(a, marshaled{&times}), nil)
				equal(t, "marshaled", times.Load(), 1)
			})
		}
	}
}

// Events are compressed unless their sender says otherwise.
func TestCompressFlag(t *testing.T) {
	text := strings.Repeat("x", 2000)
	for _, row := range []struct {
		name string
		emit func(s *socketio.Socket) error
		want string
	}{
		{"socket", func(s *socketio.Socket) error { return s.Emit("e", text) }, "gzip"},
		{"socket, true", func(s *socketio.Socket) error { return s.Compress(true).Emit("e", text) }, "gzip"},
		{"socket, false", func(s *socketio.Socket) error { return s.Compress(false).Emit("e", text) }, ""},
		{"socket, the last counts", func(s *socketio.Socket) error { return s.Compress(false).Compress(true).Emit("e", text) }, "gzip"},
		{"namespace", func(s *socketio.Socket) error { return s.Namespace().Emit("e", text) }, "gzip"},
		{"namespace, true", func(s *socketio.Socket) error { return s.Namespace().Compress(true).Emit("e", text) }, "gzip"},
		{"namespace, false", func(s *socketio.Socket) error { return s.Namespace().Compress(false).Emit("e", text) }, ""},
		{"room, false", func(s *socketio.Socket) error { return s.Namespace().To(s.ID()).Compress(false).Emit("e", text) }, ""},
		{"binary, false", func(s *socketio.Socket) error { return s.Compress(false).Emit("e", []byte(text)) }, ""},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			p := a.host.Polling()
			p.Post("40")
			p.Get()
			for s := range a.Sockets() {
				isErr(t, "Emit", row.emit(s), nil)
			}
			res := a.host.Request(http.MethodGet, p.Query(), "", "Accept-Encoding", "gzip")
			equal(t, "Content-Encoding", res.Header.Get("Content-Encoding"), row.want)
		})
	}
}

// Sockets and rooms are left out in every namespace, and only there.
func TestExceptInANamespace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		n := a.Of("/n")
		one, two := a.connect("/", "/n"), a.connect("/", "/n")
		one.socket("/n").Join("r")
		two.socket().Join("r") // of the main namespace
		for what, emit := range map[string]func() error{
			"a room":        func() error { return n.Except("r").Emit("e") },
			"a socket":      func() error { return n.Except(one.ids["/n"]).Emit("e") },
			"the sender":    func() error { return one.socket("/n").Broadcast().Emit("e") },
			"both":          func() error { return n.To(one.ids["/n"], two.ids["/n"]).Except("r").Emit("e") },
			"another's id":  func() error { return n.Except(two.ids["/"], "r").Emit("e") },
			"unknown rooms": func() error { return n.Except("r", "x", "").Emit("e") },
		} {
			isErr(t, what, emit(), nil)
			two.Expect(`42/n,["e"]`)
			one.silent()
			two.silent()
		}
	})
}
