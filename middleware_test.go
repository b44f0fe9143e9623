package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

func TestMiddlewareOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		a.Of("/other").Use(func(*socketio.Socket) error { j.add("other"); return nil })
		for _, name := range []string{"1", "2", "3"} {
			a.Use(func(s *socketio.Socket) error {
				sockets, _ := a.Occupancy()
				j.add("%s connected=%t listed=%d", name, s.Connected(), sockets)
				return nil
			})
		}
		a.OnConnection(func(s *socketio.Socket) { j.add("connection connected=%t", s.Connected()) })
		a.connect()
		j.expect(t, "1 connected=false listed=0", "2 connected=false listed=0", "3 connected=false listed=0",
			"connection connected=true")
	})
}

type codedError struct{ code int }

func (e *codedError) Error() string { return "secret" }

func TestMiddlewareRefuses(t *testing.T) {
	type data struct {
		Code int    `json:"code"`
		Why  string `json:"why"`
	}
	for _, row := range []struct {
		name string
		err  error
		want string
	}{
		{"message", &socketio.ConnectError{Message: "go away"}, `{"message":"go away"}`},
		{"no message", &socketio.ConnectError{}, `{"message":""}`},
		{
			"data", &socketio.ConnectError{Message: "no", Data: data{401, "ünauthorized"}},
			`{"message":"no","data":{"code":401,"why":"ünauthorized"}}`,
		},
		{"data that is null", &socketio.ConnectError{Message: "no", Data: (*data)(nil)}, `{"message":"no","data":null}`},
		{"data that is zero", &socketio.ConnectError{Message: "no", Data: 0}, `{"message":"no","data":0}`},
		{"wrapped", fmt.Errorf("login: %w", &socketio.ConnectError{Message: "no", Data: 1}), `{"message":"no","data":1}`},
		{"data that is not JSON", &socketio.ConnectError{Message: "no", Data: func() {}}, `{"message":"no"}`},
		{"data that is binary", &socketio.ConnectError{Message: "no", Data: []byte("x")}, `{"message":"no"}`},
		{"other error", errors.New("password of the database"), `{"message":"internal error"}`},
		{"other type", &codedError{1}, `{"message":"internal error"}`},
		{"AckError", &socketio.AckError{Message: "wrong type"}, `{"message":"internal error"}`},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			n := a.Of("/n")
			n.Use(func(*socketio.Socket) error { return nil })
			n.Use(func(*socketio.Socket) error { return row.err })
			n.Use(func(*socketio.Socket) error { t.Error("a later middleware ran"); return nil })
			n.OnConnection(func(*socketio.Socket) { t.Error("connected") })
			c := a.dial()
			c.Send("40/n,")
			c.Expect("44/n," + row.want)
			c.Send("40/n,") // it may try again
			c.Expect("44/n," + row.want)
			c.join("/", "")
			if strings.Contains(row.want, "internal error") && len(a.logs.lines(row.err.Error())) == 0 {
				t.Error("the error was not logged")
			}
			sockets, rooms := n.Occupancy()
			equal(t, "sockets and rooms", [2]int{sockets, rooms}, [2]int{})
		})
	}
}

func TestMiddlewareBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		slow := a.Of("/slow")
		slow.Use(func(*socketio.Socket) error { time.Sleep(5 * time.Second); return nil }) // fake time
		c := a.connect()
		start := time.Now()
		c.Send("40/slow,")
		c.open() // others are not held up
		if _, err := slow.EmitWithAck(t.Context(), "nobody is there"); err != nil {
			t.Error(err)
		}
		c.joined("/slow")
		equal(t, "time", time.Since(start), 5*time.Second)
	})
}

func TestClientLeavesDuringMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var j journal
		gate := make(chan struct{})
		a.Use(func(s *socketio.Socket) error {
			s.OnDisconnect(func(socketio.DisconnectReason) { j.add("disconnect") })
			s.OnDisconnecting(func(socketio.DisconnectReason) { j.add("disconnecting") })
			s.Join("a", "b")
			j.add("rooms %d", len(s.Rooms()))
			<-gate
			s.Join("late")
			j.add("cause %v, emit %v", context.Cause(s.Context()), s.Emit("x"))
			return nil
		})
		a.Use(func(*socketio.Socket) error { j.add("second"); return nil })
		a.OnConnection(func(*socketio.Socket) { j.add("connection") })
		c := a.dial()
		c.Send("40")
		j.expect(t, "rooms 3")
		c.Close()
		synctest.Wait()
		close(gate)
		j.expect(t, "cause transport close, emit socketio: disconnected")
		sockets, rooms := a.Occupancy()
		equal(t, "sockets and rooms", [2]int{sockets, rooms}, [2]int{})
	})
}

// A socket that was never connected has nothing to disconnect, whenever its middleware registers the handler.
func TestNoDisconnectWithoutConnection(t *testing.T) {
	for _, row := range []struct {
		name  string
		leave func(*client)
		err   error
	}{
		{"client left", func(c *client) { c.Close() }, nil},
		{"refused", func(*client) {}, errors.New("no")},
	} {
		for _, when := range []string{"before", "after"} {
			bubble(t, row.name+", registered "+when, func(t *testing.T) {
				a := serve(t, nil)
				gate := make(chan struct{})
				a.Use(func(s *socketio.Socket) error {
					if when == "after" {
						<-gate
					}
					s.OnDisconnect(func(socketio.DisconnectReason) { t.Error("OnDisconnect ran") })
					s.OnDisconnecting(func(socketio.DisconnectReason) { t.Error("OnDisconnecting ran") })
					<-gate
					return row.err
				})
				c := a.dial()
				c.Send("40")
				synctest.Wait()
				row.leave(c)
				synctest.Wait()
				close(gate)
				synctest.Wait()
			})
		}
	}
}

func TestRoomsOfARefusedMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		refuse := true
		a.Use(func(s *socketio.Socket) error { s.Join("early", "room"); s.SetData("bob"); return nil })
		a.Use(func(s *socketio.Socket) error {
			// Not connected: not among the members yet.
			if list, _ := a.To("early").FetchSockets(t.Context()); len(list) != 0 {
				t.Error("a connecting socket is listed")
			}
			if err := a.To("early").Emit("too early"); err != nil {
				t.Error(err)
			}
			if refuse {
				return &socketio.ConnectError{Message: "no"}
			}
			return nil
		})
		c := a.dial()
		c.Send("40")
		c.Expect(`44{"message":"no"}`)
		synctest.Wait()
		_, rooms := a.Occupancy()
		equal(t, "rooms", rooms, 0)

		refuse = false
		c.join("/", "")
		equal(t, "rooms", c.socket().Rooms(), []string{c.ids["/"], "early", "room"})
		equal(t, "data", c.socket().Data(), any("bob"))
		_ = a.To("early").Emit("now")
		c.Expect(`42["now"]`)
	})
}

func TestMiddlewarePanics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		a.Of("/p").Use(func(*socketio.Socket) error { panic("secret") })
		c := a.connect()
		c.Send("40/p,")
		c.Expect(`44/p,{"message":"internal error"}`)
		c.open()
		if n := len(a.logs.lines("level=ERROR", "secret", "namespace=/p", "stack=", "middleware_test.go")); n != 1 {
			t.Errorf("the panic was logged %d times", n)
		}
	})
}

// What a client sends before its CONNECT is answered is out of place (and Node closes, too).
func TestPacketsDuringMiddleware(t *testing.T) {
	for _, packet := range []string{`42["e"]`, `430[]`, `41`, `40`} {
		bubble(t, packet, func(t *testing.T) {
			a := serve(t, nil)
			a.OnConnection(func(*socketio.Socket) { t.Error("connected") })
			a.Use(func(s *socketio.Socket) error { <-s.Context().Done(); return nil })
			c := a.dial()
			c.Send("40")
			synctest.Wait()
			c.Send(packet)
			c.closed()
		})
	}
}

func TestConnectTimeoutDuringMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{ConnectTimeout: time.Second})
		var cause error
		a.Use(func(s *socketio.Socket) error {
			<-s.Context().Done()
			cause = context.Cause(s.Context())
			return nil
		})
		c := a.dial()
		c.Send("40")
		c.closed()
		synctest.Wait()
		isErr(t, "cause", cause, socketio.ForcedClose)
	})
}

// A middleware that disconnects the socket has the last word.
// gatedJSON is data that takes its time to be encoded.
type gatedJSON struct{ reached, gate chan struct{} }

func (g gatedJSON) MarshalJSON() ([]byte, error) {
	close(g.reached)
	<-g.gate
	return []byte(`1`), nil
}

// A client that asks again while it is being refused gets one answer: it does not hear of the refusal when it is
// connected.
func TestConnectCrossesRefusal(t *testing.T) {
	for _, ns := range []string{"/middleware", "/dynamic"} {
		bubble(t, ns, func(t *testing.T) {
			a := serve(t, nil)
			data := gatedJSON{make(chan struct{}), make(chan struct{})}
			asked := 0
			first := func() error {
				if asked++; asked == 1 {
					return &socketio.ConnectError{Message: "no", Data: data}
				}
				return nil
			}
			a.Of("/middleware").Use(func(*socketio.Socket) error { return first() })
			a.OfFunc(func(context.Context, string, *socketio.Handshake) (bool, error) { return true, first() })
			c := a.dial()
			c.Send("40" + ns + ",")
			<-data.reached
			c.Send("40" + ns + ",")
			synctest.Wait()
			close(data.gate)
			c.Expect("44" + ns + `,{"message":"no","data":1}`)
			c.silent()
			c.join(ns, "")
		})
	}
}

func TestMiddlewareDisconnects(t *testing.T) {
	for _, row := range []struct {
		name string
		conn bool
		err  error
	}{
		{"namespace", false, nil},
		{"namespace, and refuses", false, errors.New("refused")},
		{"connection", true, nil},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.answering()
			a.OnConnection(func(s *socketio.Socket) { t.Error("connected") })
			a.Use(func(s *socketio.Socket) error { s.Disconnect(row.conn); return row.err })
			a.Of("/x")
			c := a.dial()
			c.Send("40")
			c.Expect("41")
			if row.conn {
				c.closed()
				return
			}
			c.join("/x", "")
		})
	}
}
