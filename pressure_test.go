package socketio_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
)

// flood sends events until the server does not read any more, and returns how many it has taken. The last one may
// have been sent in part: rest is what is missing of it.
func flood(t *testing.T, c *client, event string) (sent int, rest func()) {
	t.Helper()
	frame := textFrame(event)
	for {
		c.Conn.SetWriteDeadline(time.Now().Add(time.Millisecond))
		n, err := c.Conn.Write(frame)
		c.Conn.SetWriteDeadline(time.Time{})
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return sent, func() { _, _ = c.Conn.Write(frame[n:]) }
		}
		if err != nil {
			t.Fatal(err)
		}
		if sent++; sent > 1_000_000 {
			t.Fatal("the server reads without end")
		}
	}
}

// A handler that does not return stops the reading of that client, and of no other (MaxUnhandledBytes).
func TestBackPressure(t *testing.T) {
	const limit = 64 << 10
	event := `42["e","` + strings.Repeat("x", 1000) + `"]`
	setup := func(t *testing.T) (a *app, c *client, gate chan struct{}, handled *int) {
		a = serve(t, &socketio.ServerOptions{MaxUnhandledBytes: limit})
		a.answering()
		gate = make(chan struct{})
		handled = new(int)
		a.Handle("e", func() { <-gate; *handled++ })
		return a, a.connect(), gate, handled
	}
	bubble(t, "memory is bounded and reading resumes", func(t *testing.T) {
		a, c, gate, handled := setup(t)
		s := c.socket()
		sent, rest := flood(t, c, event)
		_, weight := s.Waiting()
		if weight > limit || weight < limit/2 {
			t.Errorf("events of %d bytes wait, the limit is %d", weight, limit)
		}
		if taken := sent * len(event); taken > limit+4*(64<<10) { // and what the network and one read hold
			t.Errorf("the server has taken %d bytes", taken)
		}
		a.connect().open() // others go on
		close(gate)
		rest()
		c.open()
		equal(t, "handled", *handled, sent+1)
		synctest.Wait()
		_, weight = s.Waiting()
		equal(t, "weight", weight, 0)
	})
	bubble(t, "not taken for a dead client", func(t *testing.T) {
		_, c, gate, _ := setup(t)
		_, rest := flood(t, c, event)
		for range 10 { // its pongs are behind what is not read, and the handlers are slow
			time.Sleep(44 * time.Second) // fake time
			gate <- struct{}{}
		}
		close(gate)
		rest()
		c.Expect("2")
		c.Send("3")
		c.open()
	})
	bubble(t, "not for ever", func(t *testing.T) {
		a, c, gate, _ := setup(t)
		s := c.socket()
		flood(t, c, event)
		start := time.Now()
		c.Close() // which nobody reads
		<-s.Context().Done()
		equal(t, "time", time.Since(start), 45*time.Second-time.Millisecond)
		isErr(t, "cause", context.Cause(s.Context()), socketio.HandlersTooSlow)
		// in which it would have told the client
		time.Sleep(30 * time.Second) // fake time
		equal(t, "connections", a.ConnectionCount(), 0)
		close(gate)
	})
	bubble(t, "leaving and joining again gains nothing", func(t *testing.T) {
		a, c, gate, _ := setup(t)
		a.Handle("f", func() { <-gate })
		s := c.socket()
		frame := textFrame(`42["f"` + event[len(`42["e"`):])
		for range 1000 { // 1 MB
			c.Conn.SetWriteDeadline(time.Now().Add(time.Millisecond))
			_, _ = c.Conn.Write(slices.Concat(frame, textFrame("41"), textFrame("40")))
		}
		synctest.Wait()
		if _, weight := s.Waiting(); weight > limit {
			t.Errorf("events of %d bytes wait, the limit is %d", weight, limit)
		}
		c.Close()
		close(gate)
	})
	for _, row := range []struct {
		name string
		end  func(*app, *client, *socketio.Socket)
		want socketio.DisconnectReason
	}{
		{"Disconnect", func(_ *app, _ *client, s *socketio.Socket) { s.Disconnect(false) }, socketio.ServerDisconnect},
		{"Disconnect(true)", func(_ *app, _ *client, s *socketio.Socket) { s.Disconnect(true) }, socketio.ServerDisconnect},
		{"Close", func(a *app, _ *client, _ *socketio.Socket) { _ = a.Server.Close() }, socketio.ServerShutdown},
		{"Shutdown", func(a *app, _ *client, _ *socketio.Socket) {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			_ = a.Shutdown(ctx)
		}, socketio.ServerShutdown},
		{"slow consumer", func(_ *app, _ *client, s *socketio.Socket) {
			for range 3 {
				_ = s.Emit("e", make([]byte, 600<<10))
			}
		}, socketio.SlowConsumer},
	} {
		bubble(t, "released by "+row.name, func(t *testing.T) {
			a, c, gate, handled := setup(t)
			s := c.socket()
			var j journal
			s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
			sent, _ := flood(t, c, event)
			row.end(a, c, s)
			synctest.Wait()
			isErr(t, "cause", context.Cause(s.Context()), row.want)
			if row.name != "Disconnect" {
				c.Close()
			}
			close(gate)
			j.expect(t, string(row.want))
			if row.want == socketio.ServerDisconnect {
				equal(t, "handled", *handled, 1)
			} else if *handled < 10 || *handled > sent {
				t.Errorf("%d events were handled", *handled)
			}
		})
	}
}

// A single event that is larger than the limit is handled all the same.
func TestLargerThanTheLimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxUnhandledBytes: 1})
		a.Handle("e", func(text string) int { return len(text) })
		c := a.connect()
		for i := range 10 {
			c.Send(fmt.Sprintf(`42%d["e","%s"]`, i, strings.Repeat("x", 10_000)))
		}
		for i := range 10 {
			c.Expect(fmt.Sprintf(`43%d[10000]`, i))
		}
	})
}

// The sockets of one connection share its reading, but each has its own inbox.
func TestBackPressureByPolling(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxUnhandledBytes: 1000})
		gate := make(chan struct{})
		handled := 0
		a.Handle("e", func() { <-gate; handled++ })
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		posted := make(chan struct{})
		go func() { // ends when the handlers go on
			p.Post(strings.Split(strings.Repeat("42[\"e\"]\x1e", 99)+`42["e"]`, "\x1e")...)
			close(posted)
		}()
		synctest.Wait()
		select {
		case <-posted:
			t.Error("the POST was answered before its events had room")
		default:
		}
		close(gate)
		<-posted
		synctest.Wait()
		equal(t, "handled", handled, 100)
	})
}

// A client must not change to a WebSocket while a POST of its is held back: the two readers would meet in the
// connection. The WebSocket is closed, and the session goes on by polling.
func TestUpgradeDuringABlockedPost(t *testing.T) {
	bubble(t, "refused", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{MaxUnhandledBytes: 600})
		gate := make(chan struct{})
		var j journal
		a.Handle("e", func(i int) { <-gate; j.add("%d", i) })
		p := a.host.Polling()
		p.Post("40")
		p.Get()
		ws := a.adopt(p.Upgrade())
		ws.Send("2probe")
		ws.Expect("3probe")
		posted := make(chan struct{})
		go func() { // ends when the handlers go on
			p.Post(`42["e",1]`, `42["e",2]`, `42["e",3]`, `42["e",4]`)
			close(posted)
		}()
		synctest.Wait()
		ws.Send("5", `42["e",5]`)
		ws.closed()
		close(gate)
		<-posted
		p.Post(`42["e",6]`)
		j.expect(t, "1", "2", "3", "4", "6")
	})
}

// A broadcast waits for nobody: who does not read is cut, the others get everything (threats, T65, in small).
func TestSlowConsumers(t *testing.T) {
	const messages, size = 60, 100 << 10
	for _, row := range []struct {
		name   string
		policy engineio.SlowConsumerPolicy
		cut    bool
	}{
		{"Disconnect", engineio.Disconnect, true},
		{"DropOldest", engineio.DropOldest, false},
		{"DropNewest", engineio.DropNewest, false},
	} {
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &socketio.ServerOptions{SlowConsumer: row.policy})
			var j journal
			a.OnConnection(func(s *socketio.Socket) {
				s.OnDisconnect(func(r socketio.DisconnectReason) { j.add("%s", r) })
			})
			slow := []*client{a.connect(), a.connect()}
			type got struct{ messages, bytes int }
			results := make(chan got, 5)
			for range cap(results) {
				c := a.connect()
				go func() { // ends when all has arrived
					var g got
					for range messages {
						g.bytes += len(c.Text())
						g.messages++
					}
					results <- g
				}()
			}
			text := strings.Repeat("x", size)
			start := time.Now()
			for range messages {
				if err := a.Emit("e", text); err != nil {
					t.Fatal(err)
				}
				synctest.Wait() // the healthy ones read; the paused ones do not
			}
			for range cap(results) {
				equal(t, "received", <-results, got{messages, messages * (size + len(`42["e",""]`))})
			}
			equal(t, "time", time.Since(start), 0)
			if row.cut {
				j.expect(t, "slow consumer", "slow consumer")
				equal(t, "connections", a.ConnectionCount(), 5)
				return
			}
			j.expect(t)
			for _, c := range slow {
				n := 0
				for len(c.Text()) == size+len(`42["e",""]`) {
					n++
					if n == 5 {
						_ = c.socket().Emit("end")
					}
				}
				if n > 11 || n < 8 { // MaxQueuedBytes, and what the network holds
					t.Errorf("%d messages were kept for a paused client", n)
				}
			}
		})
	}
}

// What wants an acknowledgement is not dropped: the client is, if it must be.
func TestSlowConsumerKeepsAcks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{SlowConsumer: engineio.DropOldest})
		c := a.connect()
		s := c.socket()
		big := bytes.Repeat([]byte("x"), 100<<10)
		_ = s.Emit("e", big)
		synctest.Wait()
		wait := asked(func() (socketio.Args, error) { return s.EmitWithAck(t.Context(), "q") })
		for range 100 {
			_ = s.Emit("e", big)
		}
		for {
			if op, data, err := c.Read(); err != nil {
				t.Fatal(err)
			} else if op == 1 && string(data) == `420["q"]` {
				break
			}
		}
		c.Send(`430["kept"]`)
		got, err := wait(t)
		equal(t, "answer", got, any("kept"))
		isErr(t, "error", err, nil)
	})
}
