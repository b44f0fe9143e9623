package socketio_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// Each reason of a disconnection, told once to both handlers, in order, and as the cause of the context.
func TestDisconnectReasons(t *testing.T) {
	for _, row := range []struct {
		want socketio.DisconnectReason
		name string
		act  func(*client)
	}{
		{socketio.ClientDisconnect, "client leaves", func(c *client) { c.Send("41") }},
		{socketio.ServerDisconnect, "server disconnects", func(c *client) { c.socket().Disconnect(false) }},
		{socketio.ServerDisconnect, "server disconnects the connection", func(c *client) { c.socket().Disconnect(true) }},
		{socketio.TransportClose, "connection breaks", func(c *client) { c.Close() }},
		{socketio.TransportClose, "close frame", func(c *client) { c.SendRaw(wiretest.Frame(8, nil)) }},
		{socketio.TransportClose, "close packet", func(c *client) { c.Send("1") }},
		{socketio.PingTimeout, "ping timeout", func(c *client) {
			time.Sleep(45 * time.Second) // fake time
		}},
		{socketio.ParseError, "no packet", func(c *client) { c.Send("4x") }},
		{socketio.ParseError, "no Engine.IO packet", func(c *client) { c.Send("x") }},
		{socketio.TransportError, "ping by the client", func(c *client) { c.Send("2") }},
		{socketio.TransportError, "no WebSocket frame", func(c *client) { c.SendRaw([]byte{0xff, 0xff, 0xff}) }},
		{socketio.ServerShutdown, "Shutdown", func(c *client) {
			go func() { // ends with the answer to the close frame
				_ = c.app.Shutdown(context.Background())
			}()
			c.closed()
		}},
		{socketio.ServerShutdown, "Close", func(c *client) { _ = c.app.Server.Close() }},
		{socketio.PayloadTooLarge, "payload too large", func(c *client) {
			c.SendRaw([]byte{0x81, 0xff, 0, 0, 0, 0, 0, 0x10, 0, 0, 0, 0, 0, 0})
		}},
		{socketio.SlowConsumer, "slow consumer", func(c *client) {
			s := c.socket()
			for range 20 {
				_ = s.Emit("e", make([]byte, 100<<10))
			}
		}},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var j journal
			var asked *socketio.Socket
			a.OnConnection(func(s *socketio.Socket) {
				s.Join("r")
				asked = s
				ctx := s.Context()
				s.OnDisconnecting(func(r socketio.DisconnectReason) {
					j.add("disconnecting %s %t %t", strings.Join(s.Rooms()[1:], " "), s.Connected(), ctx.Err() != nil)
					isErr(t, "reason", r, row.want)
				})
				s.OnDisconnect(func(r socketio.DisconnectReason) {
					j.add("disconnect %d", len(s.Rooms()))
					isErr(t, "reason", r, row.want)
				})
			})
			c := a.connect()
			synctest.Wait()
			late := asked // its context is asked for only afterwards, too
			row.act(c)
			j.expect(t, "disconnecting r false true", "disconnect 0")
			isErr(t, "cause", context.Cause(late.Context()), row.want)
			late.Disconnect(false) // again: nothing happens
			late.Disconnect(true)
			j.expect(t)
			equal(t, "connected", late.Connected(), false)
			sockets, rooms := a.Occupancy()
			equal(t, "sockets and rooms", [2]int{sockets, rooms}, [2]int{})
		})
	}
}

func TestContext(t *testing.T) {
	type key struct{}
	synctest.Test(t, func(t *testing.T) {
		a := &app{Server: socketio.NewServer(nil), t: t, logs: &logs{}}
		a.host = wiretest.Serve(t, "/socket.io/", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			a.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), key{}, "user")))
		}))
		c := a.connect()
		s := c.socket()
		ctx := s.Context()
		equal(t, "value", ctx.Value(key{}), any("user"))
		equal(t, "value of the request", s.Request().Context().Value(key{}), any("user"))
		isErr(t, "before", ctx.Err(), nil)
		c.Close()
		<-ctx.Done()
		isErr(t, "error", ctx.Err(), context.Canceled)
		isErr(t, "cause", context.Cause(ctx), socketio.TransportClose)
		if s.Context() != ctx {
			t.Error("another context")
		}
		isErr(t, "request", s.Request().Context().Err(), nil)
	})
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		c.Close()
		synctest.Wait()
		isErr(t, "cause, asked for afterwards", context.Cause(s.Context()), socketio.TransportClose)
	})
}

// What arrived before a client's DISCONNECT is handled first.
func TestEventsBeforeDisconnect(t *testing.T) {
	for _, row := range []struct {
		name  string
		leave func(*client)
	}{
		{"client leaves", func(c *client) { c.Send("41") }},
		{"connection breaks", func(c *client) { c.Close() }},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var j journal
			gate := make(chan struct{})
			a.OnConnection(func(s *socketio.Socket) {
				s.On("e", func(i int) { <-gate; j.add("%d %t", i, s.Connected()) })
				s.OnDisconnecting(func(socketio.DisconnectReason) { j.add("disconnecting %d", len(s.Rooms())) })
				s.OnDisconnect(func(socketio.DisconnectReason) { j.add("disconnect %d", len(s.Rooms())) })
			})
			c := a.connect()
			c.Send(`42["e",1]`)
			synctest.Wait()
			c.Send(`42["e",2]`, `42["e",3]`)
			row.leave(c)
			j.expect(t)
			close(gate)
			j.expect(t, "1 false", "2 false", "3 false", "disconnecting 1", "disconnect 0")
		})
	}
}

// Disconnect drops the events that wait.
func TestDisconnectDropsEvents(t *testing.T) {
	for _, row := range []struct {
		name string
		conn bool
	}{{"namespace", false}, {"connection", true}} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			var j journal
			a.OnConnection(func(s *socketio.Socket) {
				s.On("e", func(i int) {
					j.add("%d", i)
					if i == 2 {
						s.Disconnect(row.conn)
					}
				})
				s.On("e", func(i int) { j.add("%d again", i) }) // the event is being handled already
				s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
			})
			c := a.connect()
			c.Send(`42["e",1]`, `42["e",2]`, `42["e",3]`, `42["e",4]`)
			c.Expect("41")
			j.expect(t, "1", "1 again", "2", "2 again", "server namespace disconnect")
		})
	}
}

// The client cannot know at once: what it still sends for the namespace is ignored, and concerns no other.
func TestPacketsAfterDisconnect(t *testing.T) {
	for _, packet := range []string{`42["e"]`, `421["e"]`, `430["x"]`, `41`, `451-["e",{"_placeholder":true,"num":0}]`} {
		bubble(t, packet, func(t *testing.T) {
			a := serve(t, nil)
			a.Handle("e", func() { t.Error("handled") })
			other := a.Of("/n")
			other.Handle("e", func() string { return "ok" })
			c := a.connect("/", "/n")
			c.socket().Disconnect(false)
			c.Send(packet)
			if strings.HasPrefix(packet, "45") {
				c.SendBinary([]byte("x"))
			}
			c.Send(`42/n,7["e"]`)
			c.Expect("41", `43/n,7["ok"]`)
			first := c.ids["/"]
			c.join("/", "")
			if c.ids["/"] == first {
				t.Error("the new socket has the old id")
			}
		})
	}
}

// A new socket of the same client does not wait for the handlers of the old one.
func TestReconnectWhileHandlersRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		gate := make(chan struct{})
		var j journal
		a.Handle("block", func() { <-gate })
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnect(func(socketio.DisconnectReason) { j.add("disconnect") })
		})
		c := a.connect()
		c.Send(`42["block"]`, `41`)
		c.join("/", "")
		c.open()
		j.expect(t)
		close(gate)
		j.expect(t, "disconnect")
		c.open()
	})
}

// Handlers of one socket never overlap, those of the disconnection included; different sockets do not wait.
func TestHandlersDoNotOverlap(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var done atomic.Int32
		a.OnConnection(func(s *socketio.Socket) {
			var running atomic.Int32
			alone := func() {
				if running.Add(1) > 1 {
					t.Error("handlers of one socket overlap")
				}
				time.Sleep(time.Second) // fake time
				running.Add(-1)
				done.Add(1)
			}
			defer alone()
			s.On("e", alone)
			s.On("e", alone)
			s.OnDisconnecting(func(socketio.DisconnectReason) { alone() })
			s.OnDisconnect(func(socketio.DisconnectReason) { alone() })
		})
		start := time.Now()
		for range 10 {
			c := a.connect()
			for i := range 10 {
				c.Send(fmt.Sprintf(`42["e",%d]`, i))
			}
			c.Close()
		}
		time.Sleep(23 * time.Second) // fake time
		synctest.Wait()
		if d := time.Since(start); d > 23*time.Second+100*time.Millisecond { // and the millisecond of each cork
			t.Errorf("took %v", d)
		}
		equal(t, "calls", int(done.Load()), 10*(1+20+2))
	})
}

// Rooms are seen by OnDisconnecting and no more by OnDisconnect, also if the inbox becomes empty while leave is still
// telling those who wait for acknowledgements.
func TestRoomsWhileAcksAreTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		gate, told := make(chan struct{}), make(chan struct{})
		slow := func(l *socketio.Local) socketio.Adapter { return slowAnswers{l, told, gate} }
		a := serve(t, &socketio.ServerOptions{Adapter: slow})
		var j journal
		block := make(chan struct{})
		a.OnConnection(func(s *socketio.Socket) {
			s.Join("r")
			s.On("e", func() { <-block })
			s.OnDisconnecting(func(socketio.DisconnectReason) { j.add("disconnecting %d", len(s.Rooms())) })
			s.OnDisconnect(func(socketio.DisconnectReason) { j.add("disconnect %d", len(s.Rooms())) })
		})
		c := a.connect()
		s := c.socket()
		c.Send(`42["e"]`)
		go func() { // ends with the answer
			_, _ = a.EmitWithAck(t.Context(), "q")
		}()
		synctest.Wait()
		c.Send("41")
		<-told       // leave is telling the waiter
		close(block) // the inbox becomes empty
		synctest.Wait()
		close(gate)
		j.expect(t, "disconnecting 2", "disconnect 0")
		equal(t, "rooms afterwards", len(s.Rooms()), 0)
	})
}

// slowAnswers takes its time when an answer is told.
type slowAnswers struct {
	*socketio.Local
	told, gate chan struct{}
}

func (a slowAnswers) BroadcastWithAck(
	ctx context.Context, p *socketio.Packet, to socketio.Target, answer func(socketio.Args, error),
) (int, error) {
	return a.Local.BroadcastWithAck(ctx, p, to, func(args socketio.Args, err error) {
		close(a.told)
		<-a.gate
		answer(args, err)
	})
}
