package engineio_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

func TestUpgrade(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		p.send("1")
		expectPackets(t, c.Poll(), "41")
		waiting := poll(c)

		ws := c.Upgrade()
		ws.Send("2probe")
		ws.Expect("3probe")
		if res := <-waiting; res.Body != "6" {
			t.Errorf("the waiting poll got %q", res.Body)
		}
		if p.Transport() != "polling" {
			t.Error("upgraded too early")
		}
		p.send("2") // while there is no poll
		ws.Send("5")
		ws.Expect("42")
		ws.Send("43")
		ws.Expect("43")
		if p.Transport() != "websocket" || a.server.Len() != 1 {
			t.Errorf("transport %q", p.Transport())
		}
		expectError(t, c.Get(), 400, badRequest)
		expectError(t, c.TryPost("4x"), 400, badRequest)
		p.expect("3")

		// past the upgrade timeout
		time.Sleep(15 * time.Second) // fake time
		p.expectOpen()
	})
}

// TestPollsDuringUpgrade: once the client has sent its probe, its polls end soon.
func TestPollsDuringUpgrade(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		ws := c.Upgrade()
		ws.Send("2probe")
		ws.Expect("3probe")
		synctest.Wait()
		for range 3 {
			start := time.Now()
			expectPackets(t, c.Poll(), "6")
			if d := time.Since(start); d != 100*time.Millisecond {
				t.Errorf("answered after %v", d)
			}
		}
		p.send("a")
		expectPackets(t, c.Poll(), "4a")
		c.Post("4b")
		expectPackets(t, c.Poll(), "4b")
		ws.Send("5", "4c")
		ws.Expect("4c")
	})
}

// TestPollBeforeUpgradePacket is the race of the official suites: a poll is handled before the upgrade packet that
// left before it. It is refused once that arrives.
func TestPollBeforeUpgradePacket(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		ws := c.Upgrade()
		ws.Send("2probe")
		ws.Expect("3probe")
		late := poll(c)
		ws.Send("5")
		expectError(t, <-late, 400, badRequest)
		p.send("a")
		ws.Expect("4a")
		p.expectOpen()
	})
}

// TestFailedUpgrades has a row per way an upgrade fails. Only its WebSocket is closed.
func TestFailedUpgrades(t *testing.T) {
	say := func(packets ...string) func(*wiretest.WS) {
		return func(ws *wiretest.WS) { ws.Send(packets...) }
	}
	for _, row := range []struct {
		name  string
		do    func(*wiretest.WS)
		after time.Duration // when the server closes it
	}{
		{"silence", func(*wiretest.WS) {}, 10 * time.Second},
		{"silence after the probe", say("2probe"), 10 * time.Second},
		{"probes without end", func(ws *wiretest.WS) { ws.Send("2probe", "2probe", "2probe") }, 10 * time.Second},
		{"upgrade without probe", say("5"), 0},
		{"ping that is no probe", say("2"), 0},
		{"other probe", say("2probes"), 0},
		{"message", say("4a"), 0},
		{"message after the probe", say("2probe", "4a"), 0},
		{"bytes", func(ws *wiretest.WS) { ws.SendBinary([]byte("5")) }, 0},
		{"no packet", say("x"), 0},
		{"close packet", say("1"), 0},
		{"close frame", func(ws *wiretest.WS) { ws.SendRaw(wiretest.Frame(8, nil)) }, 0},
		{"broken frame", func(ws *wiretest.WS) { ws.SendRaw([]byte("\xff\xff")) }, 0},
		{"too large", func(ws *wiretest.WS) { ws.SendRaw([]byte("\x81\xff\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00")) }, 0},
		{"lost connection", func(ws *wiretest.WS) { ws.Close() }, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				c, p := a.polling()
				ws := c.Upgrade()
				start := time.Now()
				row.do(ws)
				ws.ExpectClose()
				if d := time.Since(start); d != row.after {
					t.Errorf("closed after %v, want %v", d, row.after)
				}
				p.expectOpen()
				p.expect()
				waiting := poll(c)      // no noop any more
				time.Sleep(time.Second) // fake time
				p.send("a")
				if res := <-waiting; res.Body != "4a" {
					t.Errorf("polled %q", res.Body)
				}
				c.Post("4b")
				expectPackets(t, c.Poll(), "4b")

				ws = c.Upgrade() // it may try again
				ws.Send("2probe", "5", "4c")
				ws.Expect("3probe", "4c")
			})
		})
	}
}

// TestAbandonedUpgrade probes, and then does nothing any more: the heartbeat goes on.
func TestAbandonedUpgrade(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		start := time.Now()
		ws := c.Upgrade()
		ws.Send("2probe")
		ws.Expect("3probe")
		p.expectClose(engineio.PingTimeout)
		if d := time.Since(start); d != 45*time.Second {
			t.Errorf("closed after %v", d)
		}
		ws.ExpectClose()
		if n := a.server.Len(); n != 0 {
			t.Errorf("%d sessions", n)
		}
	})
}

// TestExtraWebSockets asks for more of them than a session can have: the extra one is closed.
func TestExtraWebSockets(t *testing.T) {
	t.Run("two upgrades", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			first, second := c.Upgrade(), c.Upgrade()
			second.Send("2probe", "5")
			if status := second.ExpectClose(); status != 1005 {
				t.Errorf("close status %d", status)
			}
			first.Send("2probe", "5", "4a")
			first.Expect("3probe", "4a")
			p.expect("a")
		})
	})
	t.Run("after an upgrade", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, ws, p := a.upgraded()
			extra := c.Upgrade()
			extra.Send("2probe", "5", "4b")
			extra.ExpectClose()
			ws.Send("4a")
			ws.Expect("4a")
			p.expect("a")
		})
	})
	t.Run("of a WebSocket session", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			ws, open := a.WebSocket()
			p := a.peer()
			extra := a.WS("EIO=4&transport=websocket&sid=" + wiretest.SID(open))
			extra.Send("2probe", "5", "4b")
			extra.ExpectClose()
			ws.Send("4a")
			ws.Expect("4a")
			p.expect("a")
		})
	})
}

// TestCloseDuringUpgrade closes the session at each step of an upgrade.
func TestCloseDuringUpgrade(t *testing.T) {
	for _, row := range []struct {
		name  string
		probe bool
		end   func(*app, *peer)
		want  engineio.CloseReason
	}{
		{"Close before the probe", false, func(_ *app, p *peer) { p.Session.Close() }, engineio.ForcedClose},
		{"Close after the probe", true, func(_ *app, p *peer) { p.Session.Close() }, engineio.ForcedClose},
		{"Server.Close", true, func(a *app, _ *peer) { a.server.Close() }, engineio.ServerShutdown},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				c, p := a.polling()
				ws := c.Upgrade()
				if row.probe {
					ws.Send("2probe")
					ws.Expect("3probe")
				}
				waiting := poll(c)
				row.end(a, p)
				if res := <-waiting; !strings.HasSuffix(res.Body, "1") {
					t.Errorf("polled %q", res.Body)
				}
				ws.ExpectClose()
				p.expectClose(row.want)
				if n := a.server.Len(); n != 0 {
					t.Errorf("%d sessions", n)
				}
			})
		})
	}
	t.Run("flushed by the upgrade", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			ws := c.Upgrade()
			ws.Send("2probe")
			ws.Expect("3probe")
			p.send("a", "b")
			p.Session.Close()
			ws.Send("5")
			ws.Expect("4a", "4b")
			ws.ExpectClose()
			synctest.Wait()
			if n := a.server.Len(); n != 0 {
				t.Errorf("%d sessions", n)
			}
		})
	})
}
