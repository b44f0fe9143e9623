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
	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// A script is a server of which the test says what it answers to each packet.
type script struct {
	session *engineio.Session
	on      func(s *script, packet string)
	n       int // of the connection, from 1 on
}

func (s *script) Message(data []byte, _ bool)           { s.on(s, string(data)) }
func (s *script) BatchDone()                            {}
func (s *script) Close(_ engineio.CloseReason, _ error) {}
func (s *script) say(format string, args ...any) {
	text := []byte(fmt.Sprintf(format, args...))
	_ = s.session.Send(0, engineio.TextMessage(append(make([]byte, engineio.Headroom), text...)))
}

// scripted starts such a server.
func scripted(t *testing.T, on func(s *script, packet string)) *app {
	t.Helper()
	n := 0
	server := engineio.NewServer(nil, func(session *engineio.Session) engineio.Handler {
		n++
		return &script{session, on, n}
	})
	t.Cleanup(func() { _ = server.Close() })
	return &app{t: t, host: wiretest.Serve(t, "/socket.io/", server)}
}

func TestClientOfAServerOutOfPlace(t *testing.T) {
	t.Parallel()
	bubble(t, "everything twice", func(t *testing.T) {
		a := scripted(t, func(s *script, packet string) {
			switch {
			case packet == "0" && s.n == 1:
				s.say(`0{"sid":"a"}`)
				s.say(`0{"sid":"b"}`)
				s.say(`3999[1]`)
				s.say(`3[1]`)
				s.say(`2/nowhere,["x"]`)
				s.say(`0/nowhere,{"sid":"c"}`)
				s.say(`4/nowhere,{"message":"no"}`)
				s.say(`1/nowhere,`)
				s.say(`2["x"]`)
			case packet == "0":
				s.say(`2["x"]`)
				s.say(`4{"message":"no"}`)
			case strings.HasPrefix(packet, "2"):
				s.say(`4{"message":"changed my mind"}`)
			case packet == "1":
			default:
				t.Errorf("the client said %q", packet)
			}
		})
		g := a.guest("", nil)
		g.On("x", func() { g.story.add("x %s", g.ID()) })
		g.connect()
		g.story.want() // and the x is forgotten
		if g.ID() != "a" || !g.Connected() {
			t.Errorf("connected: %v, as %q", g.Connected(), g.ID())
		}
		g.Emit("y")
		g.story.want("disconnect io server disconnect")
		var refused *socketio.ConnectError
		if err := g.LastError(); !errors.As(err, &refused) || refused.Message != "changed my mind" || g.Active() {
			t.Errorf("LastError: %v, active: %v", err, g.Active())
		}
		if err := g.Connect(t.Context()); !errors.As(err, &refused) || refused.Message != "no" {
			t.Errorf("Connect: %v", err)
		}
		g.story.want("connect_error no") // the x before was for nobody
	})
}

func TestClientConnectResult(t *testing.T) {
	t.Parallel()
	bubble(t, "refused at once, on an open connection", func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/x")
		g := a.guest("", nil)
		g.connect()
		g.Of("/x").SetAuth("no object")
		if err := g.Of("/x").Connect(t.Context()); err == nil || !strings.Contains(err.Error(), "JSON object") {
			t.Errorf("Connect: %v", err)
		}
		if !g.Connected() {
			t.Error("the other namespace should not have suffered")
		}
	})
	bubble(t, "the last of several callers gives up", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", nil)
		a.Use(func(s *socketio.Socket) error { <-s.Context().Done(); return nil })
		errs := make(chan error, 2)
		for i := range 2 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i+1)*time.Second)
			defer cancel()
			go func() { errs <- g.Connect(ctx) }() // ends with ctx
			wait(time.Millisecond)
		}
		<-errs
		if !g.Active() {
			t.Error("one of two has given up, and the other waits in vain")
		}
		<-errs
		if g.Active() {
			t.Error("nobody wants that connection")
		}
	})
	bubble(t, "Context while it is not connected", func(t *testing.T) {
		a := serve(t, nil)
		a.Use(func(s *socketio.Socket) error { <-s.Context().Done(); return nil })
		g := a.guest("", nil)
		go func() { _ = g.Connect(t.Context()) }() // ends with Close
		wait(time.Second)
		if g.Context().Err() == nil {
			t.Error("it should have ended: the server has not answered")
		}
		_ = g.Close()
	})
}

// TestClientBlockedHandlerOverConnections: a handler that blocks does not make what waits for it grow with each new
// connection.
func TestClientBlockedHandlerOverConnections(t *testing.T) {
	t.Parallel()
	bubble(t, "for an hour", func(t *testing.T) {
		a := scripted(t, func(s *script, packet string) {
			if packet != "0" {
				return
			}
			s.say(`0{"sid":"a"}`)
			for range 20 {
				s.say(`2["big","%s"]`, strings.Repeat("x", 1000))
			}
		})
		g := a.guest("", &socketio.ClientOptions{MaxUnhandledBytes: 10_000, Transports: []string{"websocket"}})
		stop := make(chan struct{})
		n := 0
		g.On("big", func() { <-stop; n++ })
		if err := g.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		wait(time.Hour)
		g.network.setDown(true)
		g.network.cut()
		synctest.Wait()
		close(stop)
		synctest.Wait()
		if n < 5 || n > 10+20 { // what waited, and what the last connection still had to read
			t.Errorf("%d events of 1 KB waited, with a limit of 10 KB", n)
		}
		n = 0
		g.network.setDown(false)
		wait(900 * time.Millisecond)
		for !g.Connected() {
			wait(100 * time.Millisecond)
		}
		wait(500 * time.Millisecond)
		if n != 20 {
			t.Errorf("%d events were handled once there was room", n)
		}
	})
}
