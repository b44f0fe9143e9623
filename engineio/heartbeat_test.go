package engineio_test

import (
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// TestSilence shows when a client that never answers is pinged and given up, by each transport.
func TestSilence(t *testing.T) {
	const interval, timeout = 25 * time.Second, 20 * time.Second
	check := func(t *testing.T, p *peer, start time.Time) {
		t.Helper()
		p.expectClose(engineio.PingTimeout)
		if d := time.Since(start); d != interval+timeout {
			t.Errorf("closed after %v", d)
		}
	}
	t.Run("WebSocket", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			start := time.Now()
			ws.Expect("2")
			if d := time.Since(start); d != interval {
				t.Errorf("pinged after %v", d)
			}
			if status := ws.ExpectClose(); status != 1005 {
				t.Errorf("close status %d", status)
			}
			check(t, p, start)
		})
	})
	t.Run("polling", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			start := time.Now()
			expectPackets(t, c.Poll(), "2")
			if d := time.Since(start); d != interval {
				t.Errorf("pinged after %v", d)
			}
			waiting := poll(c)
			check(t, p, start)
			if res := <-waiting; res.Body != "1" {
				t.Errorf("the waiting poll got %q", res.Body)
			}
			expectError(t, c.Get(), 400, unknownSID)
		})
	})
	t.Run("polling, no poll", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			_, p := a.polling()
			check(t, p, time.Now())
		})
	})
	t.Run("upgraded", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			_, _, p := a.upgraded()
			check(t, p, time.Now())
		})
	})
}

// TestHoursOfSilence keeps sessions alive by nothing but pongs.
func TestHoursOfSilence(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		c, q := a.polling()
		start, pings := time.Now(), 0
		for time.Since(start) < 3*time.Hour {
			ws.Expect("2")
			// a slow network
			time.Sleep(19 * time.Second) // fake time
			ws.Send("3")
			expectPackets(t, c.Poll(), "2")
			c.Post("3")
			synctest.Wait()
			pings++
		}
		p.expectOpen()
		q.expectOpen()
		if want := int(3*time.Hour/(44*time.Second)) + 1; pings != want {
			t.Errorf("%d pings, want %d: an interval begins with the pong", pings, want)
		}
	})
}

// TestPongAtTheEnd has the pong arrive just before the end, and too late.
func TestPongAtTheEnd(t *testing.T) {
	for _, row := range []struct {
		name  string
		after time.Duration // since the ping
		open  bool
	}{
		{"in time", 20*time.Second - 1, true},
		{"late", 20*time.Second + 1, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				ws, p := a.webSocket()
				ws.Expect("2")
				time.Sleep(row.after) // fake time
				ws.Conn.Write(wiretest.Frame(1, []byte("3")))
				synctest.Wait()
				if row.open {
					p.expectOpen()
					ws.Expect("2")
				} else {
					p.expectClose(engineio.PingTimeout)
				}
			})
		})
	}
}

// TestExactExpiry polls at the very moment of the end, which the clock of the sessions, being coarse, has not noticed:
// 500 sessions share it, opened at odd moments.
func TestExactExpiry(t *testing.T) {
	opts := &engineio.Options{PingInterval: 300 * time.Millisecond, PingTimeout: 200 * time.Millisecond}
	run(t, opts, func(t *testing.T, a *app) {
		var wg sync.WaitGroup
		r := rand.New(rand.NewPCG(1, 2))
		for range 500 {
			c, p := a.polling()
			wg.Go(func() { // ends with the session
				time.Sleep(500*time.Millisecond - 1) // fake time
				p.mu.Lock()
				if len(p.reasons) > 0 {
					t.Error("closed too early")
				}
				p.mu.Unlock()
				time.Sleep(time.Nanosecond) // fake time
				if res := c.Get(); res.Status != 400 || res.Body != unknownSID {
					t.Errorf("answered %d %q", res.Status, res.Body)
				}
				p.expectClose(engineio.PingTimeout)
			})
			time.Sleep(time.Duration(r.IntN(1000)) * time.Microsecond) // fake time
		}
		wg.Wait()
	})
}

// TestCoarseClock bounds how late the clock is when nobody asks.
func TestCoarseClock(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		r := rand.New(rand.NewPCG(3, 4))
		var wg sync.WaitGroup
		for range 200 {
			_, p := a.webSocket()
			start := time.Now()
			wg.Go(func() { // ends with the session
				p.expectClose(engineio.PingTimeout)
				if d := time.Since(start) - 45*time.Second; d < 0 || d > 250*time.Millisecond {
					t.Errorf("closed %v after the nominal end", d)
				}
			})
			time.Sleep(time.Duration(r.IntN(300_000)) * time.Microsecond) // fake time
		}
		wg.Wait()
	})
}

// TestRefresh: something other than the pong puts the end off, once.
func TestRefresh(t *testing.T) {
	for _, transport := range []string{"websocket", "polling"} {
		t.Run(transport, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				a.onMessage = ignore
				var p *peer
				var send func(string)
				start := time.Now()
				if transport == "websocket" {
					ws, peer := a.webSocket()
					p, send = peer, func(s string) { ws.Conn.Write(wiretest.Frame(1, []byte(s))) }
				} else {
					c, peer := a.polling()
					p, send = peer, func(s string) { c.TryPost(s) }
				}
				// 10 s after the ping
				time.Sleep(35 * time.Second) // fake time
				send("4a")                   // now the end is at 55 s
				time.Sleep(10 * time.Second) // fake time
				p.expectOpen()
				send("4b") // the second does not count
				p.expect("a", "b")
				p.expectClose(engineio.PingTimeout)
				if d := time.Since(start); d != 55*time.Second {
					t.Errorf("closed after %v", d)
				}
			})
		})
	}
	t.Run("then a pong", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			a.onMessage = ignore
			ws, p := a.webSocket()
			for range 5 {
				ws.Expect("2")
				time.Sleep(19 * time.Second) // fake time
				ws.Send("4a")
				time.Sleep(19 * time.Second) // fake time
				ws.Send("3")
			}
			p.expectOpen()
		})
	})
}

// TestLargeUpload sends 900 kB in 60 s, by WebSocket: the pong is stuck behind it for longer than PingTimeout. A
// client that stops in the middle is not waited for twice.
func TestLargeUpload(t *testing.T) {
	frame := wiretest.Frame(1, []byte("4"+strings.Repeat("x", 900_000)))
	t.Run("stuck", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			time.Sleep(26 * time.Second) // fake time
			ws.SendRaw(frame[:20_000])
			start := time.Now()
			p.expectClose(engineio.PingTimeout)
			if d := time.Since(start); d < 38*time.Second || d > 40*time.Second {
				t.Errorf("closed after %v", d)
			}
		})
	})
	run(t, nil, func(t *testing.T, a *app) {
		a.onMessage = ignore
		ws, p := a.webSocket()
		for len(frame) > 0 {
			n := min(15_100, len(frame))
			ws.SendRaw(frame[:n])
			frame = frame[n:]
			if len(frame) > 0 {
				time.Sleep(time.Second) // fake time
			}
		}
		if n := len(p.received()); n != 1 {
			t.Errorf("%d messages", n)
		}
		ws.Expect("2")
		ws.Send("3")
		ws.Expect("2")
		p.expectOpen()
	})
}

// TestBusyHandler blocks in Message for much longer than the timeout: the pong waits behind it, unread.
func TestBusyHandler(t *testing.T) {
	for _, transport := range []string{"websocket", "polling"} {
		t.Run(transport, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				a.onMessage = func(*peer, string, bool) {
					time.Sleep(10 * time.Minute) // fake time
				}
				var p *peer
				if transport == "websocket" {
					ws, peer := a.webSocket()
					ws.Send("4a", "3")
					p = peer
				} else {
					c, peer := a.polling()
					go c.TryPost("4a", "3") // ends with the handler
					p = peer
				}
				time.Sleep(9 * time.Minute) // fake time
				p.expectOpen()
				start := time.Now()
				p.expectClose(engineio.PingTimeout) // the client is as silent after it as before
				if d := time.Since(start); d > time.Minute+50*time.Second {
					t.Errorf("closed after %v", d)
				}
			})
		})
	}
}

// TestMessagesAmongHeartbeats sends much right after the handshake: pings wait behind it, and are answered in time.
func TestMessagesAmongHeartbeats(t *testing.T) {
	run(t, &engineio.Options{PingInterval: time.Second, MaxQueuedBytes: 10 << 20}, func(t *testing.T, a *app) {
		a.onOpen = func(p *peer) { p.send(numbered(strings.Repeat("x", 10_000), 500)...) }
		ws, p := a.webSocket()
		read := 0
		for read < 500 {
			if s := ws.Text(); s == "2" {
				ws.Send("3")
			} else {
				read++
			}
			time.Sleep(30 * time.Millisecond) // fake time
		}
		p.expectOpen()
	})
}

// TestNoSessionsNoTimers: a server without sessions has no timer and no goroutine, and works again afterwards.
func TestNoSessionsNoTimers(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		synctest.Wait()
		before := goroutines()
		for range 3 {
			var clients []*wiretest.WS
			for range 50 {
				ws, _ := a.webSocket()
				clients = append(clients, ws)
			}
			// all are pinged
			time.Sleep(26 * time.Second) // fake time
			for _, ws := range clients {
				ws.Close()
			}
			synctest.Wait()
			if n := goroutines(); a.server.Len() != 0 || n > before {
				t.Errorf("%d sessions, %d goroutines, before %d", a.server.Len(), n, before)
			}
			time.Sleep(time.Hour) // fake time
		}
		ws, _ := a.webSocket()
		ws.Expect("2")
	})
}
