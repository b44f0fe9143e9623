package engineio_test

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// pad makes a text of n bytes that begins with s.
func pad(s string, n int) string { return s + strings.Repeat(".", n-len(s)) }

// TestVolatile sends volatile messages when the session can write, and when it cannot.
func TestVolatile(t *testing.T) {
	volatile := func(p *peer, s string, want error) {
		p.app.t.Helper()
		if err := p.Send(engineio.Volatile, text(s)); !errors.Is(err, want) {
			p.app.t.Errorf("Send(%.10q): %v, want %v", s, err, want)
		}
	}
	t.Run("polling", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			volatile(p, "no poll", engineio.ErrDropped)
			answer := poll(c)
			volatile(p, "poll", nil)
			volatile(p, "poll answered", engineio.ErrDropped)
			p.send("regular")
			if res := <-answer; res.Body != "4poll" {
				t.Errorf("polled %q", res.Body)
			}
			expectPackets(t, c.Poll(), "4regular")
			p.Session.Close()
			volatile(p, "closed", engineio.ErrClosed)
		})
	})
	t.Run("corked", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			answer := poll(c)
			p.Cork()
			p.send("a")
			volatile(p, "b", nil)
			p.Uncork()
			if res := <-answer; res.Body != "4a\x1e4b" {
				t.Errorf("polled %q", res.Body)
			}
		})
	})
	t.Run("WebSocket", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			synctest.Wait()
			volatile(p, "idle", nil)
			synctest.Wait()
			p.send(pad("fills the network", 200_000))
			synctest.Wait()
			volatile(p, "busy", engineio.ErrDropped)
			p.send("regular")
			ws.Expect("4idle", "4"+pad("fills the network", 200_000), "4regular")
			synctest.Wait()
			volatile(p, "idle again", nil)
			ws.Expect("4idle again")
		})
	})
	t.Run("during an upgrade", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			ws := c.Upgrade()
			ws.Send("2probe")
			ws.Expect("3probe")
			volatile(p, "no transport", engineio.ErrDropped)
			ws.Send("5")
			synctest.Wait()
			volatile(p, "upgraded", nil)
			ws.Expect("4upgraded")
		})
	})
}

// tenMessages is a MaxQueuedBytes that ten frames of 100 bytes fit into, each of which holds 152 bytes of memory.
const tenMessages = 1550

// TestSlowConsumer sends messages of 100 bytes to a client of which ten may wait, and shows what arrives.
// Even ones are sent as Droppable, and 40 and 41 belong together.
func TestSlowConsumer(t *testing.T) {
	const size = 96 // a frame of 100 bytes, packet type and header included
	send := func(p *peer, i int) error {
		flags := engineio.Flags(0)
		if i%2 == 0 {
			flags = engineio.Droppable
		}
		return p.Send(flags, text(pad(fmt.Sprint(i), size)))
	}
	receive := func(c *wiretest.Polling) string {
		var list []string
		for _, packet := range c.Poll() {
			list = append(list, strings.TrimRight(packet[1:], "."))
		}
		return strings.Join(list, " ")
	}
	t.Run("Disconnect", func(t *testing.T) {
		run(t, &engineio.Options{MaxQueuedBytes: tenMessages}, func(t *testing.T, a *app) {
			c, p := a.polling()
			for i := range 10 {
				if err := send(p, i); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			}
			p.expectOpen()
			if err := send(p, 10); !errors.Is(err, engineio.ErrClosed) {
				t.Errorf("message 10: %v", err)
			}
			p.expectClose(engineio.SlowConsumer)
			expectError(t, c.Get(), 400, unknownSID)
			if p.cause == nil {
				t.Error("no cause")
			}
		})
	})
	t.Run("DropNewest", func(t *testing.T) {
		run(t, &engineio.Options{MaxQueuedBytes: tenMessages, SlowConsumer: engineio.DropNewest}, func(t *testing.T, a *app) {
			c, p := a.polling()
			for i := range 10 {
				send(p, i)
			}
			for range 5 {
				if err := send(p, 12); !errors.Is(err, engineio.ErrDropped) {
					t.Errorf("message 12: %v", err)
				}
			}
			p.expectOpen()
			if got, want := receive(c), "0 1 2 3 4 5 6 7 8 9"; got != want {
				t.Errorf("polled %q, want %q", got, want)
			}
			synctest.Wait()
			if err := send(p, 14); err != nil {
				t.Errorf("with room again: %v", err)
			}
			for range 9 {
				p.send(pad("full", size))
			}
			if err := send(p, 15); !errors.Is(err, engineio.ErrClosed) { // what may not be dropped
				t.Errorf("message 15: %v", err)
			}
			p.expectClose(engineio.SlowConsumer)
		})
	})
	t.Run("DropOldest", func(t *testing.T) {
		run(t, &engineio.Options{MaxQueuedBytes: tenMessages, SlowConsumer: engineio.DropOldest}, func(t *testing.T, a *app) {
			c, p := a.polling()
			for i := range 12 {
				if err := send(p, i); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			}
			// The tenth met a full queue: 0 and 2 went, so that an eighth of it is free.
			if got, want := receive(c), "1 3 4 5 6 7 8 9 10 11"; got != want {
				t.Errorf("polled %q, want %q", got, want)
			}
			synctest.Wait()
			for i := range 200 {
				if err := p.Send(engineio.Droppable, text(pad(fmt.Sprint(i), size))); err != nil {
					t.Errorf("message %d: %v", i, err)
				}
			}
			if got := receive(c); !strings.HasSuffix(got, " 196 197 198 199") || strings.HasPrefix(got, "0 ") {
				t.Errorf("polled %q", got)
			}
			synctest.Wait()
			for i := range 10 {
				p.send(pad(fmt.Sprint(i), size))
			}
			if err := send(p, 10); !errors.Is(err, engineio.ErrDropped) { // nothing older may be dropped
				t.Errorf("message 10: %v", err)
			}
			if err := send(p, 11); !errors.Is(err, engineio.ErrClosed) {
				t.Errorf("message 11: %v", err)
			}
			p.expectClose(engineio.SlowConsumer)
		})
	})
}

// TestGroups: messages that belong together are dropped together, or not at all.
func TestGroups(t *testing.T) {
	opts := &engineio.Options{MaxQueuedBytes: tenMessages, SlowConsumer: engineio.DropOldest}
	group := func(name string, size int) []engineio.Message {
		return []engineio.Message{text(pad(name+"0", size)), text(pad(name+"1", size)), text(pad(name+"2", size))}
	}
	t.Run("polling", func(t *testing.T) {
		run(t, opts, func(t *testing.T, a *app) {
			c, p := a.polling()
			for _, name := range []string{"a", "b", "c", "d"} {
				if err := p.Send(engineio.Droppable, group(name, 96)...); err != nil {
					t.Errorf("group %s: %v", name, err)
				}
			}
			var names string
			for _, packet := range c.Poll() {
				names += packet[1:3]
			}
			if names != "b0b1b2c0c1c2d0d1d2" {
				t.Errorf("polled %s", names)
			}
		})
	})
	t.Run("written in part", func(t *testing.T) {
		run(t, opts, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			synctest.Wait()
			// The first of the group fills the network; the others wait, with others behind them.
			big := []engineio.Message{text(pad("big0", 200_000)), text("big1"), text("big2")}
			if err := p.Send(engineio.Droppable, big...); err != nil {
				t.Fatal(err)
			}
			for i := range 100 {
				if err := p.Send(engineio.Droppable, text(pad(fmt.Sprint(i), 96))); err != nil {
					t.Fatalf("message %d: %v", i, err)
				}
			}
			ws.Expect("4"+pad("big0", 200_000), "4big1", "4big2")
			if s := ws.Text(); strings.HasPrefix(s, "40.") {
				t.Error("nothing was dropped")
			}
			p.expectOpen()
		})
	})
	t.Run("written in part, from the queue", func(t *testing.T) {
		run(t, opts, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			p.Cork()
			if err := p.Send(engineio.Droppable|engineio.Hold, text(pad("big0", 200_000)), text("big1"), text("big2")); err != nil {
				t.Fatal(err)
			}
			p.Uncork()
			for i := range 100 {
				if err := p.Send(engineio.Droppable, text(pad(fmt.Sprint(i), 96))); err != nil {
					t.Fatalf("message %d: %v", i, err)
				}
			}
			ws.Expect("4"+pad("big0", 200_000), "4big1", "4big2")
		})
	})
}

// TestLargeMessage is larger than all that may wait: alone it is accepted.
func TestLargeMessage(t *testing.T) {
	run(t, &engineio.Options{MaxQueuedBytes: 1000}, func(t *testing.T, a *app) {
		c, p := a.polling()
		large := pad("large", 5000)
		p.send(large)
		expectPackets(t, c.Poll(), "4"+large)
		synctest.Wait()
		p.send(large)
		if err := p.Send(0, text("x")); !errors.Is(err, engineio.ErrClosed) {
			t.Errorf("Send: %v", err)
		}
		p.expectClose(engineio.SlowConsumer)
	})
}

// TestHold queues without writing, until Flush or what is sent next.
func TestHold(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		for _, s := range []string{"a", "b"} {
			if err := p.Send(engineio.Hold, text(s)); err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		p.Flush()
		ws.Expect("4a", "4b")
		if err := p.Send(engineio.Hold, text("c")); err != nil {
			t.Error(err)
		}
		p.send("d")
		ws.Expect("4c", "4d")
		p.Flush()
	})
}

// TestManySenders sends from many goroutines: the messages of each stay in order, also across an upgrade.
func TestManySenders(t *testing.T) {
	run(t, &engineio.Options{MaxQueuedBytes: 10 << 20}, func(t *testing.T, a *app) {
		const senders, each = 8, 200
		c, p := a.polling()
		var wg sync.WaitGroup
		for s := range senders {
			wg.Go(func() { // ends with its list
				for i := range each {
					if s%2 == 0 {
						p.Cork()
					}
					p.send(fmt.Sprintf("%d %d", s, i))
					if s%2 == 0 {
						p.Uncork()
					}
					if i%50 == 0 {
						time.Sleep(time.Millisecond) // fake time
					}
				}
			})
		}
		next := make([]int, senders)
		take := func(packet string) {
			var s, i int
			if n, _ := fmt.Sscanf(packet, "4%d %d", &s, &i); n != 2 {
				return // a noop
			}
			if next[s] != i {
				t.Fatalf("sender %d: message %d after %d", s, i, next[s]-1)
			}
			next[s]++
		}
		for _, packet := range c.Poll() {
			take(packet)
		}
		ws := c.Upgrade()
		ws.Send("2probe", "5")
		ws.Expect("3probe")
		for {
			done := true
			for _, n := range next {
				done = done && n == each
			}
			if done {
				break
			}
			take(ws.Text())
		}
		wg.Wait()
	})
}
