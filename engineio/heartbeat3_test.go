package engineio_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// TestPings3: the client asks, with and without a poll waiting for the answer.
func TestPings3(t *testing.T) {
	run3(t, func(t *testing.T, a *app) {
		c, p := a.polling3("")
		c.post("1:2")
		c.expect("1:3")
		waiting := c.poll()
		c.post("1:2")
		if res := <-waiting; res.Body != "1:3" {
			t.Errorf("polled %q", res.Body)
		}
		p.Cork() // what the application holds back
		p.send("a")
		c.post("1:2")
		p.Uncork()
		c.expect("2:4a1:3")

		ws, q := a.webSocket3("")
		for range 3 {
			ws.Send("2")
			ws.Expect("3")
		}
		p.expectOpen()
		q.expectOpen()
	})
}

// TestPingFlood3 pings without end and does not read the answers: at most one waits beside what the network holds.
func TestPingFlood3(t *testing.T) {
	t.Run("polling", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			c, p := a.polling3("")
			for range 3 {
				c.post(strings.Repeat("1:2", 100_000))
			}
			c.expect("1:3")
			p.send("a")
			c.post("1:21:2")
			p.send("b")
			c.post("1:21:2")
			c.expect("2:4a1:32:4b1:3")
			p.expectOpen()
		})
	})
	t.Run("WebSocket", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			ws, p := a.webSocket3("")
			flood := []byte(strings.Repeat(string(wiretest.Frame(1, []byte("2"))), 1000))
			for range 200 {
				ws.SendRaw(flood)
			}
			synctest.Wait()
			p.send("end")
			answers := 0
			for s := ws.Text(); s != "4end"; s = ws.Text() {
				answers++
			}
			if answers == 0 || answers > 60_000 { // three bytes each
				t.Errorf("%d answers", answers)
			}
			p.expectOpen()
		})
	})
}

// TestSilence3: a client of protocol 3 that says nothing for PingInterval and PingTimeout is gone.
func TestSilence3(t *testing.T) {
	const end = 45 * time.Second
	for _, row := range []struct {
		name string
		open func(*app) (*peer, func(packet string))
	}{
		{"polling", func(a *app) (*peer, func(string)) {
			c, p := a.polling3("")
			return p, func(s string) { c.post(fmt.Sprint(len(s), ":", s)) }
		}},
		{"WebSocket", func(a *app) (*peer, func(string)) {
			start := time.Now()
			ws, p := a.webSocket3("")
			time.Sleep(time.Second - time.Since(start)) // fake time
			go io.Copy(io.Discard, ws.Conn)             // ends with the connection
			return p, func(s string) { ws.Send(s); synctest.Wait() }
		}},
		{"upgraded", func(a *app) (*peer, func(string)) {
			c, p := a.polling3("")
			ws := a.WS(strings.Replace(c.query, "polling", "websocket", 1))
			ws.Send("2probe", "5", "6")
			synctest.Wait()
			go io.Copy(io.Discard, ws.Conn) // ends with the connection
			return p, func(s string) { ws.Send(s); synctest.Wait() }
		}},
	} {
		t.Run(row.name, func(t *testing.T) {
			run3(t, func(t *testing.T, a *app) {
				a.onMessage = ignore
				p, send := row.open(a)
				send("6")
				start := time.Now()
				p.expectClose(engineio.PingTimeout)
				if d := time.Since(start); d != end {
					t.Errorf("silent from the beginning: closed after %v", d)
				}

				p, send = row.open(a)
				for _, packet := range []string{"2", "4a", "6", "5", "2", "2", "2"} { // each is a sign of life
					send(packet)
					time.Sleep(end - time.Millisecond) // fake time
					p.expectOpen()
				}
				send("2")
				start = time.Now()
				p.expectClose(engineio.PingTimeout)
				if d := time.Since(start); d < end || d-end > 250*time.Millisecond {
					t.Errorf("closed after %v", d)
				}
			})
		})
	}
	t.Run("polls are no sign of life", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			c, p := a.polling3("")
			start := time.Now()
			for range 4 {
				answer := c.poll()
				time.Sleep(10 * time.Second) // fake time
				p.send("a")
				<-answer
			}
			answer := c.poll()
			p.expectClose(engineio.PingTimeout)
			if res := <-answer; res.Body != "1:1" || time.Since(start) != end {
				t.Errorf("polled %q after %v", res.Body, time.Since(start))
			}
		})
	})
	t.Run("polled at the very moment", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			time.Sleep(123 * time.Millisecond) // fake time
			_, first := a.polling3("")         // the list's timer is this one's

			time.Sleep(time.Millisecond) // fake time
			c, p := a.polling3("")
			time.Sleep(end) // fake time
			expectError(t, a.Request(get, c.query, ""), 400, unknownSID)
			p.expectClose(engineio.PingTimeout)
			first.expectClose(engineio.PingTimeout)
		})
	})
}

// TestBusyServer3: who is not read from is not given up, and a part of a message puts the end off once.
func TestBusyServer3(t *testing.T) {
	t.Run("blocked handler", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			a.onMessage = func(*peer, string, bool) {
				time.Sleep(10 * time.Minute) // fake time
			}
			c, p := a.polling3("")
			go a.Request(post, c.query, "2:4a") // ends with the handler
			ws, q := a.webSocket3("")
			ws.Send("4a")
			time.Sleep(10*time.Minute + time.Second) // fake time
			p.expectOpen()
			q.expectOpen()
			for range 5 {
				c.post("1:2")
				ws.Send("2")
				time.Sleep(44 * time.Second) // fake time
				p.expectOpen()
				q.expectOpen()
			}
			p.expectClose(engineio.PingTimeout)
			q.expectClose(engineio.PingTimeout)
		})
	})
	t.Run("large message", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			a.onMessage = ignore
			ws, p := a.webSocket3("")
			frame := wiretest.Frame(1, []byte("4"+strings.Repeat("x", 900_000)))
			for len(frame) > 0 { // 60 s
				n := min(15_100, len(frame))
				ws.SendRaw(frame[:n])
				frame = frame[n:]
				time.Sleep(time.Second) // fake time
			}
			if n := len(p.received()); n != 1 {
				t.Errorf("%d messages", n)
			}
			ws.SendRaw(wiretest.Frame(1, []byte("4a"))[:3]) // and no more of it
			start := time.Now()
			p.expectClose(engineio.PingTimeout)
			if d := time.Since(start); d < 63*time.Second || d > 66*time.Second {
				t.Errorf("closed after %v", d)
			}
		})
	})
}

// TestPingOfProtocol4: with protocol 3 allowed, the heartbeat of a session of protocol 4 is still the server's.
func TestPingOfProtocol4(t *testing.T) {
	run3(t, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		ws.Send("2")
		p.expectClose(engineio.TransportError)
		c, q := a.polling()
		expectError(t, c.TryPost("2"), 400, badRequest)
		q.expectClose(engineio.TransportError)
	})
}
