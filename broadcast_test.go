package socketio_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

// texts are the answers of a broadcast, sorted.
func texts(t *testing.T, answers []socketio.Args) []string {
	t.Helper()
	list := []string{}
	for _, a := range answers {
		var s string
		if err := a.Scan(&s); err != nil {
			t.Error(err)
		}
		list = append(list, s)
	}
	slices.Sort(list)
	return list
}

func TestBroadcastWithAck(t *testing.T) {
	for _, row := range []struct {
		name string
		to   func(*app) socketio.Broadcast
		act  func(a, b, c *client) // what the clients do when they were asked
		want []string
		err  error
		took time.Duration
	}{
		{"all answer", func(io *app) socketio.Broadcast { return io.Broadcast }, func(a, b, c *client) {
			c.Send(`430["c"]`)
			a.Send(`430["a"]`)
			b.Send(`430["b"]`)
		}, []string{"a", "b", "c"}, nil, 0},
		{"room", func(io *app) socketio.Broadcast { return io.To("r") }, func(a, b, c *client) {
			a.Send(`430["a"]`)
			b.Send(`430["b"]`)
			c.silent()
		}, []string{"a", "b"}, nil, time.Millisecond},
		{
			"nobody", func(io *app) socketio.Broadcast { return io.To("empty") }, func(a, b, c *client) {},
			[]string{},
			nil, 0,
		},
		{"timeout with answers", func(io *app) socketio.Broadcast { return io.Timeout(time.Second) }, func(a, b, c *client) {
			a.Send(`430["a"]`)
		}, []string{"a"}, socketio.ErrAckTimeout, time.Second},
		{"one answers twice", func(io *app) socketio.Broadcast { return io.To("r").Timeout(time.Second) }, func(a, b, c *client) {
			a.Send(`430["a"]`, `430["again"]`)
		}, []string{"a"}, socketio.ErrAckTimeout, time.Second},
		{"one leaves the namespace", func(io *app) socketio.Broadcast { return io.To("r") }, func(a, b, c *client) {
			a.Send(`41`)
			b.Send(`430["b"]`)
		}, []string{"b"}, socketio.ErrDisconnected, 0},
		{"one's connection breaks", func(io *app) socketio.Broadcast { return io.Broadcast }, func(a, b, c *client) {
			a.Send(`430["a"]`)
			b.Close()
			c.Send(`430["c"]`)
		}, []string{"a", "c"}, socketio.ErrDisconnected, 0},
		{"all leave", func(io *app) socketio.Broadcast { return io.Broadcast }, func(a, b, c *client) {
			a.Close()
			b.Close()
			c.Close()
		}, []string{}, socketio.ErrDisconnected, 0},
		{"the server disconnects all", func(io *app) socketio.Broadcast { return io.Broadcast }, func(a, b, c *client) {
			_ = a.app.DisconnectSockets(false)
		}, []string{}, socketio.ErrDisconnected, 0},
	} {
		bubble(t, row.name, func(t *testing.T) {
			io := serve(t, nil)
			a, b, c := io.connect(), io.connect(), io.connect()
			sockets := []*socketio.Socket{a.socket(), b.socket(), c.socket()}
			sockets[0].Join("r")
			sockets[1].Join("r")
			start := time.Now()
			var answers []socketio.Args
			var err error
			done := make(chan struct{})
			go func() { // ends with the answers
				answers, err = row.to(io).EmitWithAck(t.Context(), "q", 1)
				close(done)
			}()
			synctest.Wait()
			for _, c := range []*client{a, b} {
				if row.name != "nobody" {
					c.Expect(`420["q",1]`)
				}
			}
			if len(row.want) == 3 || row.name == "one's connection breaks" {
				c.Expect(`420["q",1]`)
			}
			row.act(a, b, c)
			<-done
			equal(t, "time", time.Since(start), row.took)
			equal(t, "answers", texts(t, answers), row.want)
			isErr(t, "error", err, row.err)
			synctest.Wait()
			for _, s := range sockets {
				equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
			}
		})
	}
}

func TestBroadcastWithAckCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		a.answering()
		c, other := a.connect(), a.connect()
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		go func() { // ends at once
			c.Expect(`420["q"]`)
			c.Send(`430["a"]`)
		}()
		answers, err := a.EmitWithAck(ctx, "q")
		isErr(t, "error", err, context.Canceled)
		equal(t, "answers", texts(t, answers), []string{"a"})
		other.Expect(`420["q"]`)
		other.Send(`430["late"]`)
		other.open()
		equal(t, "answers", len(answers), 1)
		equal(t, "acknowledgements awaited", other.socket().PendingAcks(), 0)
	})
}

func TestBroadcastWithBinaryAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		go func() { // ends at once
			c.Expect(`451-0["q",{"_placeholder":true,"num":0}]`)
			c.Binary()
			c.Send(`461-0[{"_placeholder":true,"num":0}]`)
			c.SendBinary([]byte("answer"))
		}()
		answers, err := a.EmitWithAck(t.Context(), "q", []byte("x"))
		isErr(t, "error", err, nil)
		var b []byte
		if len(answers) != 1 || answers[0].Scan(&b) != nil || string(b) != "answer" {
			t.Errorf("answers: %v, %q", answers, b)
		}
	})
}

// Nothing is left of many acknowledgements that never come (threats, T45).
func TestManyBroadcastAcks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		var sockets []*socketio.Socket
		for range 20 {
			c := a.connect()
			sockets = append(sockets, c.socket())
			go func() { // ends with the connection
				for {
					if _, _, err := c.Read(); err != nil {
						return
					}
				}
			}()
		}
		for range 500 {
			answers, err := a.Timeout(10*time.Millisecond).EmitWithAck(t.Context(), "q")
			isErr(t, "error", err, socketio.ErrAckTimeout)
			equal(t, "answers", len(answers), 0)
		}
		synctest.Wait()
		for _, s := range sockets {
			equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
		}
	})
}

// Broadcasts of one goroutine arrive in order, together with events to the socket alone.
func TestBroadcastOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		go func() { // ends when all is sent
			for i := range 1000 {
				if i%3 == 0 {
					_ = s.Emit("e", i)
				} else {
					_ = a.Emit("e", i)
				}
			}
		}()
		for i := range 1000 {
			c.Expect(fmt.Sprintf(`42["e",%d]`, i))
		}
	})
}

// A volatile event needs a poll that waits; regular ones follow all the same.
func TestVolatileByPolling(t *testing.T) {
	for _, row := range []struct {
		name string
		emit func(*socketio.Socket, ...any) error
		lost error // of an event that was dropped
	}{
		{"to a socket", func(s *socketio.Socket, args ...any) error { return s.Volatile().Emit("e", args...) }, socketio.ErrDropped},
		{"broadcast", func(s *socketio.Socket, args ...any) error { return s.Namespace().Volatile().Emit("e", args...) }, nil},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			p := a.host.Polling()
			p.Post("40")
			p.Get()
			var s *socketio.Socket
			for s = range a.Sockets() {
			}
			isErr(t, "without a poll", row.emit(s, 1), row.lost)
			isErr(t, "without a poll", row.emit(s, []byte("x")), row.lost)
			_ = s.Emit("regular")
			equal(t, "poll", p.Poll(), []string{`42["regular"]`})

			polled := make(chan []string)
			poll := func() {
				go func() { polled <- p.Poll() }() // ends with the answer
				synctest.Wait()
			}
			poll()
			isErr(t, "with a poll", row.emit(s, 2), nil)
			isErr(t, "of two only the first", row.emit(s, 3), row.lost)
			equal(t, "poll", <-polled, []string{`42["e",2]`})
			poll()
			isErr(t, "binary", row.emit(s, []byte("x")), nil)
			equal(t, "poll", <-polled, []string{`451-["e",{"_placeholder":true,"num":0}]`, "beA=="})
		})
	}
}

// A volatile event to a client that does not read is dropped, instead of the client.
func TestVolatileToALaggard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		big := make([]byte, 200<<10) // more than the network holds
		isErr(t, "first", s.Volatile().Emit("e", big), nil)
		synctest.Wait()
		for range 100 {
			isErr(t, "while it lags", s.Volatile().Emit("e", big), socketio.ErrDropped)
			isErr(t, "broadcast while it lags", a.Volatile().Emit("e", big), nil)
		}
		isErr(t, "regular", s.Emit("regular"), nil)
		c.Expect(`451-["e",{"_placeholder":true,"num":0}]`)
		c.Binary()
		c.Expect(`42["regular"]`)
		synctest.Wait()
		isErr(t, "later", s.Volatile().Emit("later"), nil)
		c.Expect(`42["later"]`)
		c.silent()
	})
}

// A volatile event that wants an acknowledgement and is dropped fails at once.
func TestVolatileWithAck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		for s := range a.Sockets() {
			_, err := s.Volatile().EmitWithAck(t.Context(), "q")
			isErr(t, "error", err, socketio.ErrDropped)
			answers, err := a.Volatile().EmitWithAck(t.Context(), "q")
			isErr(t, "error of a broadcast", err, socketio.ErrDropped)
			equal(t, "answers", len(answers), 0)
			equal(t, "acknowledgements awaited", s.PendingAcks(), 0)
		}
	})
}

// A client that connects during broadcasts is told so first, and at once (threats, T26).
func TestConnectWhileBroadcasting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, nil)
		stop := make(chan struct{})
		go func() { // ends with stop
			for {
				select {
				case <-stop:
					return
				default:
					_ = a.Emit("news")
					_, _ = a.FetchSockets(t.Context())
				}
			}
		}()
		start := time.Now()
		for range 100 {
			c := a.connect() // whose first packet must be the answer to CONNECT
			c.Expect(`42["news"]`)
			c.Close()
		}
		close(stop)
		equal(t, "time", time.Since(start), 0)
	})
}
