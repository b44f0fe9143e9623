package engineio_test

import (
	"bytes"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// traced keeps what a Trace is told of.
type traced struct {
	t *testing.T

	mu    sync.Mutex
	lines []string // guarded by mu
}

func (l *traced) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.lines = append(l.lines, strings.TrimSpace(line))
}

// take waits until nothing moves any more, and returns the lines and forgets them.
func (l *traced) take() (lines []string) {
	synctest.Wait()
	l.mu.Lock()
	defer l.mu.Unlock()
	lines, l.lines = l.lines, nil
	return lines
}

func (l *traced) trace() engineio.Trace {
	packet := func(sign string) func(*engineio.Session, engineio.Packet) {
		return func(s *engineio.Session, p engineio.Packet) {
			data := string(p.Data)
			if p.Type == "open" {
				data, _, _ = strings.Cut(data, ":")
			}
			if p.Binary {
				data = fmt.Sprintf("%x", data)
			}
			l.add(fmt.Sprint(sign, " ", p.Transport, " ", p.Type, " ", data))
			_ = fmt.Sprint(s.ID(), s.LogID(), s.Request(), s.Address(), s.RemoteAddr(), s.Protocol(), s.MaxPayload(), s.Secure())
		}
	}
	return engineio.Trace{
		PacketReceived: packet("<"), PacketSent: packet(">"),
		Drained: func(*engineio.Session) { l.add("drained") },
	}
}

// expect compares what was told since the last time, "drained" aside unless the test is about that.
func (l *traced) expect(want ...string) {
	l.t.Helper()
	drains := strings.Contains(strings.Join(want, " "), "drained")
	var got []string
	for _, line := range l.take() {
		if drains || line != "drained" {
			got = append(got, line)
		}
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		l.t.Fatalf("told of\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func runTraced(t *testing.T, opts engineio.Options, test func(t *testing.T, a *app, l *traced)) {
	t.Helper()
	l := &traced{t: t}
	opts.Trace = l.trace()
	run(t, &opts, func(t *testing.T, a *app) { test(t, a, l) })
}

func TestTrace(t *testing.T) {
	t.Run("polling", func(t *testing.T) {
		runTraced(t, engineio.Options{}, func(t *testing.T, a *app, l *traced) {
			c, _ := a.polling()
			l.expect(`> polling open {"sid"`, "drained")
			c.Post("4hi", "bAQI=", "6")
			l.expect("< polling message hi", "< polling message 0102", "< polling noop")
			expectPackets(t, c.Poll(), "4hi", "bAQI=")
			l.expect("> polling message hi", "> polling message 0102", "drained")
			answer := poll(c)
			time.Sleep(25 * time.Second) // fake time
			<-answer
			c.Post("3")
			l.expect("> polling ping", "< polling pong")
			c.Post("1")
			l.expect("< polling close")
		})
	})
	t.Run("WebSocket", func(t *testing.T) {
		runTraced(t, engineio.Options{PerMessageDeflate: true}, func(t *testing.T, a *app, l *traced) {
			ws, p := a.webSocket()
			l.expect(`> websocket open {"sid"`)
			ws.Send("4hi")
			ws.Expect("4hi")
			l.expect("< websocket message hi", "> websocket message hi")
			ws.SendBinary([]byte{1, 2})
			ws.Binary()
			l.expect("< websocket message 0102", "> websocket message 0102")
			p.send("a", "b")
			l.expect("> websocket message a", "> websocket message b")
			ws.Send("x") // no packet
			l.expect()
		})
	})
	t.Run("upgrade", func(t *testing.T) {
		runTraced(t, engineio.Options{}, func(t *testing.T, a *app, l *traced) {
			c, p := a.polling()
			answer := poll(c)
			l.take()
			ws := c.Upgrade()
			ws.Send("2probe")
			ws.Expect("3probe")
			<-answer
			ws.Send("5")
			synctest.Wait()
			p.send("a")
			l.expect("< websocket ping probe", "> websocket pong probe", "> polling noop", "< websocket upgrade",
				"> websocket message a")
		})
	})
	t.Run("protocol 3", func(t *testing.T) {
		runTraced(t, engineio.Options{AllowEIO3: true}, func(t *testing.T, a *app, l *traced) {
			ws := a.WS("EIO=3&transport=websocket")
			ws.Text()
			ws.Send("2")
			l.expect(`> websocket open {"sid"`, "< websocket ping", "> websocket pong")
			ws.SendBinary([]byte{4, 1, 2})
			l.expect("< websocket message 0102", "> websocket message 0102")
		})
	})
}

// TestTraceDrained: it is told when what had to wait has left, not when it was lost.
func TestTraceDrained(t *testing.T) {
	t.Run("not read", func(t *testing.T) {
		runTraced(t, engineio.Options{}, func(t *testing.T, a *app, l *traced) {
			ws, p := a.webSocket()
			l.take()
			big := strings.Repeat("x", 200<<10) // more than the network holds
			p.send(big, "b")
			l.expect("> websocket message " + big)
			ws.Expect("4" + big)
			l.expect("> websocket message b", "drained")
			ws.Expect("4b")
		})
	})
	t.Run("connection breaks", func(t *testing.T) {
		runTraced(t, engineio.Options{}, func(t *testing.T, a *app, l *traced) {
			ws, p := a.webSocket()
			l.take()
			p.send(strings.Repeat("x", 200<<10), "b")
			ws.Close()
			p.expectClose(engineio.TransportClose)
			if got := l.take(); got[len(got)-1] == "drained" {
				t.Error("told so")
			}
		})
	})
	t.Run("poll breaks", func(t *testing.T) {
		runTraced(t, engineio.Options{}, func(t *testing.T, a *app, l *traced) {
			c, p := a.polling()
			conn := a.Dial()
			fmt.Fprintf(conn, "GET %s?%s HTTP/1.1\r\nHost: app.example\r\n\r\n", path, c.Query())
			l.take()
			p.send(strings.Repeat("x", 200<<10)) // more than the network holds
			synctest.Wait()
			conn.Close()
			p.expectClose(engineio.TransportError)
			if got := l.take(); len(got) != 1 || got[0] == "drained" {
				t.Errorf("told of %.100q", got)
			}
		})
	})
	t.Run("closed", func(t *testing.T) {
		runTraced(t, engineio.Options{}, func(t *testing.T, a *app, l *traced) {
			c, p := a.polling()
			l.take()
			p.send("a")
			p.Session.Close()
			expectPackets(t, c.Poll(), "4a")
			expectPackets(t, c.Poll(), "6", "1")
			if got := strings.Join(l.take(), ", "); got != "> polling message a, > polling noop, > polling close" {
				t.Errorf("told of %s", got)
			}
		})
	})
}

// TestTracePanics: the session, which is locked meanwhile, goes on.
func TestTracePanics(t *testing.T) {
	var logged bytes.Buffer
	boom := func(*engineio.Session, engineio.Packet) { panic("in a trace") }
	opts := &engineio.Options{
		Logger: slog.New(slog.NewTextHandler(&logged, nil)),
		Trace: engineio.Trace{
			PacketReceived: boom, PacketSent: boom, Drained: func(*engineio.Session) { panic("in a trace") },
		},
	}
	run(t, opts, func(t *testing.T, a *app) {
		c, _, p := a.upgraded()
		other, _ := a.webSocket()
		other.Send("4a")
		other.Expect("4a")
		p.expectOpen()
		if res := c.Get(); res.Status != 400 {
			t.Errorf("poll after the upgrade: %d", res.Status)
		}
	})
	if n := strings.Count(logged.String(), "level=ERROR"); n < 6 || !strings.Contains(logged.String(), "trace_test.go") {
		t.Errorf("%d panics logged: %.300s", n, logged.String())
	}
}
