package socketio_test

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// A middleware that takes so long that the history forgets what its client missed refuses one client, and nothing
// else stops.
func TestRecoveryLate(t *testing.T) {
	bubble(t, "trimmed meanwhile", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{RunMiddlewares: true, MaxPackets: 2})
		gate := make(chan struct{})
		a.Use(func(s *socketio.Socket) error {
			if s.Recovered() {
				<-gate
			}
			return nil
		})
		v, _ := a.visit("")
		v.drop()
		late := a.dial()
		late.Send(fmt.Sprintf(`40{"pid":%q}`, v.PID))
		synctest.Wait()
		for range 5 {
			_ = a.Emit("y")
		}
		close(gate)
		late.closed()
		equal(t, "known", a.Live(), 0)
		again, _ := v.back("")
		_ = a.Emit("z")
		expectMissed(t, []string{again.Text()}, `42["z","`)
		if again.SID == v.SID {
			t.Error("recovered")
		}
	})
}

// Events to a socket whose client can come back are kept; those to one that is gone for good are refused.
func TestEmitToTheDeparted(t *testing.T) {
	bubble(t, "expired", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{MaxPackets: 100})
		v, _ := a.visit("")
		dead := v.socket()
		v.drop()
		isErr(t, "Emit to one who may come back", dead.Emit("x"), nil)
		time.Sleep(time.Hour) // fake time
		isErr(t, "Emit an hour later", dead.Emit("x"), socketio.ErrDisconnected)
		w, _ := a.visit("")
		w.drop()
		for range 200 {
			_ = dead.Emit("tick")
		}
		back, _ := w.back("")
		equal(t, "another's sid", back.SID, w.SID)
	})
	bubble(t, "closed server", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{})
		v, _ := a.visit("")
		s := v.socket()
		_ = a.Server.Close()
		isErr(t, "Emit", s.Emit("x"), socketio.ErrDisconnected)
		_ = a.Emit("x") // keeps nothing, and sets no timer: the bubble would not end
	})
}

type booby struct{}

func (booby) MarshalJSON() ([]byte, error) { panic("as told") }

// What errors of middlewares do when they are looked at concerns nobody else.
func TestPanickingErrors(t *testing.T) {
	for _, row := range []struct {
		name string
		err  error
	}{
		{"typed nil", (*socketio.ConnectError)(nil)},
		{"another typed nil", (*socketio.AckError)(nil)},
		{"panics when marshaled", &socketio.ConnectError{Message: "x", Data: booby{}}},
	} {
		bubble(t, "of the namespace: "+row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.Use(func(*socketio.Socket) error { return row.err })
			c := a.dial()
			c.Send("40")
			c.Expect(`44{"message":"internal error"}`)
		})
	}
	for _, row := range []struct {
		name string
		err  error
	}{
		{"typed nil", (*socketio.AckError)(nil)},
		{"panics when marshaled", &socketio.AckError{Message: "x", Data: booby{}}},
	} {
		bubble(t, "of the socket: "+row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.OnConnection(func(s *socketio.Socket) { s.Use(func(*socketio.Message) error { return row.err }) })
			c := a.connect()
			c.Send(`421["x"]`)
			c.Expect(`431[{"error":{"message":"internal error"}}]`)
		})
	}
}

// While the reader waits for one namespace, the handlers of others that came with it run.
func TestBackPressureStartsOthers(t *testing.T) {
	bubble(t, "one segment", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxUnhandledBytes: 1000})
		ready := make(chan struct{})
		a.Of("/a").Handle("go", func() { close(ready) })
		a.Of("/b").Handle("e", func(string) { <-ready })
		c := a.connect("/a", "/b")
		event := textFrame(`42/b,["e","` + strings.Repeat("x", 800) + `"]`)
		c.SendRaw(slices.Concat(textFrame(`42/a,["go"]`), event, event, event))
		synctest.Wait()
		select {
		case <-ready:
		default:
			t.Error("the handler of /a has not run")
			close(ready)
		}
	})
}

// A handler that takes long does not slow down what others send to its socket.
func TestBlockedHandlerIsNotCorked(t *testing.T) {
	bubble(t, "two in a batch", func(t *testing.T) {
		a := serve(t, nil)
		gate := make(chan struct{})
		a.Handle("e", func() { <-gate })
		c := a.connect()
		c.SendRaw(slices.Concat(textFrame(`42["e"]`), textFrame(`42["e"]`)))
		synctest.Wait()
		s := c.socket()
		_ = s.Emit("first") // which waits a millisecond for the handler
		c.Expect(`42["first"]`)
		start := time.Now()
		for range 10 {
			_ = s.Emit("hello")
			c.Expect(`42["hello"]`)
		}
		equal(t, "time", time.Since(start), 0)
		close(gate)
	})
}

// An acknowledgement without an id answers nothing.
func TestAckWithoutID(t *testing.T) {
	bubble(t, "43", func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		result := make(chan error, 1)
		go func() { // ends with the timeout
			_, err := s.Timeout(time.Second).EmitWithAck(context.Background(), "q")
			result <- err
		}()
		c.Expect(`420["q"]`)
		c.Send(`43["forged"]`)
		isErr(t, "EmitWithAck", <-result, socketio.ErrAckTimeout)
	})
}

// Clients do not fill the log.
func TestWarningsEnd(t *testing.T) {
	for _, row := range []struct {
		name    string
		handler func(int)
	}{
		{"events that do not fit", func(int) {}},
		{"panics", func(int) { panic("as told") }},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, nil)
			a.Handle("e", row.handler)
			c := a.connect()
			arg := `"x"`
			if row.name == "panics" {
				arg = "1"
			}
			for range 1000 {
				c.Send(`42["e",` + arg + `]`)
			}
			synctest.Wait()
			lines := len(a.logs.lines("level=WARN")) + len(a.logs.lines("level=ERROR"))
			equal(t, "lines", lines, 20)
		})
	}
}

// Messages weigh what they hold: many small acknowledgements for a client that does not poll end its connection
// before they hold much more than MaxQueuedBytes.
func TestSmallMessagesAreCounted(t *testing.T) {
	bubble(t, "acks by polling", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("x", func() error { return nil })
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		posts := 0
		for ; posts < 20; posts++ {
			if p.TryPost(slices.Repeat([]string{`421["x"]`}, 1000)...).Status != 200 {
				break
			}
			synctest.Wait()
		}
		if posts > 7 { // 1 MiB, at more than 150 bytes each
			t.Errorf("%d acknowledgements wait", posts*1000)
		}
	})
}

// A complete packet is not taken for one whose attachments do not come: not while its handlers hold the reader back,
// nor because the next header follows it at once.
func TestCompletePackets(t *testing.T) {
	const header = `451-["b",{"_placeholder":true,"num":0}]`
	bubble(t, "held back", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxUnhandledBytes: 1000})
		a.Handle("slow", func(string) { time.Sleep(15 * time.Second) }) // fake time
		a.Handle("b", func([]byte) {})
		a.answering()
		c := a.connect()
		c.Send(`42["slow","` + strings.Repeat("x", 800) + `"]`)
		synctest.Wait()
		c.Send(header)
		synctest.Wait()
		c.SendBinary(make([]byte, 700))
		time.Sleep(16 * time.Second) // fake time
		c.open()
	})
	bubble(t, "without pause", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{PingInterval: time.Hour})
		var j journal
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
		})
		a.Handle("b", func([]byte) {})
		c := a.connect()
		c.Send(header)
		for range 400 { // seconds
			time.Sleep(time.Second) // fake time
			c.SendRaw(slices.Concat(wiretest.Frame(2, make([]byte, 2000)), textFrame(header)))
		}
		j.expect(t)
	})
}

// What a handler that ends its goroutine was given does not weigh any more.
func TestGoexitReleases(t *testing.T) {
	bubble(t, "ten times", func(t *testing.T) {
		a := serve(t, nil)
		a.Handle("e", func() { runtime.Goexit() })
		c := a.connect()
		s := c.socket()
		for range 10 {
			c.Send(`42["e"]`)
			synctest.Wait()
		}
		_, weight := s.Waiting()
		equal(t, "weight", weight, 0)
	})
}

// A packet for a namespace that the server is just disconnecting the client from is ignored.
func TestPacketWhileBeingDisconnected(t *testing.T) {
	bubble(t, "in between", func(t *testing.T) {
		a := serve(t, nil)
		c := a.connect()
		s := c.socket()
		synctest.Wait() // the reader is idle: the test takes its place
		unlock := s.LockLocal()
		go s.Disconnect(false) // ends with unlock
		for s.Connected() {
			runtime.Gosched()
		}
		s.Receive([]byte(`2["e"]`))
		unlock()
		synctest.Wait()
		c.Expect("41")
		equal(t, "connections", a.ConnectionCount(), 1)
	})
}

// A client that comes and goes is remembered once.
func TestFlappingClient(t *testing.T) {
	bubble(t, "a thousand times", func(t *testing.T) {
		a := recovering(t, socketio.RecoveryOptions{MaxSessions: 10})
		quiet, _ := a.visit("")
		quiet.drop()
		v, _ := a.visit("")
		v.drop()
		for range 1000 {
			v, _ = v.back("")
			v.drop()
		}
		clients, list := a.Absent()
		equal(t, "clients", clients, 2)
		if list > 100 {
			t.Errorf("a list of %d", list)
		}
		back, _ := quiet.back("")
		equal(t, "sid", back.SID, quiet.SID)
	})
}
