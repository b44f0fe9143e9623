package engineio_test

import (
	"bytes"
	"compress/flate"
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// A sendingLog sends each line to a session, as an admin page might.
type sendingLog struct {
	slog.Handler
	to *engineio.Session
}

func (*sendingLog) Enabled(context.Context, slog.Level) bool { return true }

func (l *sendingLog) Handle(_ context.Context, r slog.Record) error {
	if l.to != nil {
		_ = l.to.Send(0, text(r.Message+" "+l.to.Transport()))
	}
	return nil
}

// TestLoggerThatSends: no line is logged while a lock is held that the Logger may want.
func TestLoggerThatSends(t *testing.T) {
	l := &sendingLog{Handler: slog.DiscardHandler}
	run(t, &engineio.Options{Logger: slog.New(l)}, func(_ *testing.T, a *app) {
		a.onOpen = func(p *peer) { l.to = p.Session }
		c, _ := a.polling()
		c.Get()
		ws := c.Upgrade()
		ws.Send("2probe")
		ws.Expect("3probe")
		ws.Send("5")
		ws.Expect("4engineio: session upgraded websocket")
		ws.SendRaw(wiretest.Frame(8, []byte{3, 233})) // whose end is logged twice, and sent to nobody
		ws.ExpectClose()
	})
}

// TestLoggerThatSendsOfFailedUpgrades does so while upgrades come to nothing in all ways.
func TestLoggerThatSendsOfFailedUpgrades(t *testing.T) {
	const failed = "4engineio: upgrade failed polling"
	for _, row := range []struct {
		name string
		end  func(c *wiretest.Polling, p *peer, ws *wiretest.WS)
		want string // what the client polls
	}{
		{"another packet", func(_ *wiretest.Polling, _ *peer, ws *wiretest.WS) { ws.Send("4") }, failed},
		{"closed", func(_ *wiretest.Polling, _ *peer, ws *wiretest.WS) { ws.Close() }, failed},
		{"silence", func(*wiretest.Polling, *peer, *wiretest.WS) {
			time.Sleep(11 * time.Second) // fake time
		}, failed},
		{"second one", func(c *wiretest.Polling, _ *peer, _ *wiretest.WS) { c.Upgrade().ExpectClose() }, failed},
		{"end of the session", func(_ *wiretest.Polling, p *peer, _ *wiretest.WS) { p.Session.Close() }, "6\x1e1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			l := &sendingLog{Handler: slog.DiscardHandler}
			run(t, &engineio.Options{Logger: slog.New(l)}, func(t *testing.T, a *app) {
				c, p := a.polling()
				l.to = p.Session
				ws := c.Upgrade()
				synctest.Wait()
				row.end(c, p, ws)
				synctest.Wait()
				if got := c.Get().Body; got != row.want {
					t.Errorf("polled %q, want %q", got, row.want)
				}
			})
		})
	}
}

// TestLog: each end of a session and each refused request leaves a line that says why, and none has what was sent.
func TestLog(t *testing.T) {
	for _, row := range []struct {
		name string
		do   func(*app)
		want string // part of the last line
	}{
		{"refused request", func(a *app) { a.Request(get, "EIO=4&transport=secret", "") }, `msg="engineio: request refused" error="Transport unknown (unknown transport)" address=192.0.2.2`},
		{"refused origin", func(a *app) {
			a.Request(get, "EIO=4&transport=polling", "", "Origin", "https://evil.example")
		}, `level=WARN msg="engineio: request refused" error="Forbidden (origin not in Origins)" address=192.0.2.2 origin=https://evil.example`},
		{"refused origin, again", func(a *app) {
			a.Request(get, "EIO=4&transport=polling", "", "Origin", "https://evil.example")
			a.Request(get, "EIO=4&transport=polling", "", "Origin", "https://evil.example")
		}, `level=DEBUG msg="engineio: request refused" error="Forbidden (origin not in Origins)"`},
		{"refused protocol", func(a *app) {
			a.Request(get, "EIO=4&transport=polling", "", "Origin", "https://evil.example")
			a.Request(get, "EIO=3&transport=polling", "")
		}, `level=WARN msg="engineio: request refused" error="Unsupported protocol version (protocol 3, as Socket.IO 2 speaks it, needs AllowEIO3)"`},
		{"refused protocol, again", func(a *app) {
			a.Request(get, "EIO=3&transport=polling", "")
			a.Request(get, "EIO=3&transport=polling", "")
		}, `level=DEBUG msg="engineio: request refused" error="Unsupported protocol version`},
		{"unknown session", func(a *app) {
			a.Request(get, "EIO=4&transport=polling&sid=secret", "")
		}, `error="Session ID unknown (it has ended, or another server has it)"`},
		{"bad packet", func(a *app) {
			c, _ := a.polling()
			c.TryPost("secret")
		}, `error="Bad request (unknown packet type)"`},
		{"bad packet by WebSocket", func(a *app) {
			ws, _ := a.webSocket()
			ws.Send("secret")
		}, `level=INFO msg="engineio: session closed" reason="parse error" transport=websocket address=192.0.2.2 cause="unknown packet type"`},
		{"closed with a status", func(a *app) {
			ws, _ := a.webSocket()
			ws.SendRaw(wiretest.Frame(8, []byte{3, 233}))
		}, `level=DEBUG msg="engineio: session closed" reason="transport close" transport=websocket address=192.0.2.2 cause="websocket: closed by the peer with code 1001`},
		{"connection lost", func(a *app) {
			ws, _ := a.webSocket()
			ws.Close()
		}, `level=DEBUG msg="engineio: session closed" reason="transport close" transport=websocket address=192.0.2.2 cause=EOF session=`},
		{"bad frame", func(a *app) {
			ws, _ := a.webSocket()
			ws.SendRaw([]byte{0xff, 0xff})
		}, `level=INFO msg="engineio: session closed" reason="transport error" transport=websocket address=192.0.2.2 cause="websocket: `},
		{"corrupt compression", func(a *app) {
			ws, _ := a.WebSocket("Sec-WebSocket-Extensions", "permessage-deflate")
			ws.SendRaw(wiretest.Frame(0x41, []byte{0xff, 0xff}))
		}, `level=INFO msg="engineio: session closed" reason="transport error" transport=websocket address=192.0.2.2 cause="websocket: compressed message is corrupt"`},
		{"compressed bomb", func(a *app) {
			ws, _ := a.WebSocket("Sec-WebSocket-Extensions", "permessage-deflate")
			ws.SendRaw(wiretest.Frame(0x41, deflated(make([]byte, 2_000_000))))
		}, `level=INFO msg="engineio: session closed" reason="payload too large" transport=websocket address=192.0.2.2 cause="websocket: message too big"`},
		{"overlapping polls", func(a *app) {
			c, _ := a.polling()
			poll(c)
			c.Get()
		}, `level=DEBUG msg="engineio: request refused" error="Bad request (overlap from client)"`},
		{"poll given up", func(a *app) {
			c, _ := a.polling()
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			_, _ = a.Do(ctx, get, c.Query(), nil)
		}, `level=DEBUG msg="engineio: session closed" reason="transport error" transport=polling address=192.0.2.2 cause="poll connection closed`},
		{"opened", func(a *app) { a.webSocket() }, `msg="engineio: session opened" transport=websocket address=192.0.2.2 session=`},
		{"closed", func(a *app) {
			_, p := a.webSocket()
			p.Session.Close()
		}, `reason="forced close"`},
		{"upgrade fails", func(a *app) {
			c, _ := a.polling()
			c.Upgrade().Send("4secret")
		}, `level=DEBUG msg="engineio: upgrade failed" why="another packet than a probe or an upgrade" address=192.0.2.`},
		{"upgraded", func(a *app) { a.upgraded() }, `msg="engineio: session upgraded"`},
	} {
		t.Run(row.name, func(t *testing.T) {
			var b bytes.Buffer // slog handlers write one at a time
			opts := &engineio.Options{
				PerMessageDeflate: true, // of the rows that offer it
				Logger:            slog.New(slog.NewTextHandler(&b, &slog.HandlerOptions{Level: slog.LevelDebug})),
			}
			run(t, opts, func(t *testing.T, a *app) {
				row.do(a)
				synctest.Wait()
				lines := strings.Split(strings.TrimSpace(b.String()), "\n")
				if last := lines[len(lines)-1]; !strings.Contains(last, row.want) {
					t.Errorf("log: %s", b.String())
				}
				if strings.Contains(b.String(), "secret") {
					t.Errorf("the log has what was sent: %s", b.String())
				}
			})
		})
	}
}

// TestLogOfWriter: that a middleware lets no WebSocket through is said once, at a level that is seen.
func TestLogOfWriter(t *testing.T) {
	var b bytes.Buffer
	server := engineio.NewServer(&engineio.Options{Logger: slog.New(slog.NewTextHandler(&b, nil))},
		func(*engineio.Session) engineio.Handler { return nil })
	for range 3 {
		r := httptest.NewRequest(get, "/?EIO=4&transport=websocket", http.NoBody)
		r.Header = http.Header{
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"},
			"Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
		}
		w := httptest.NewRecorder() // cannot be hijacked
		server.ServeHTTP(w, r)
		if w.Code != http.StatusNotImplemented {
			t.Errorf("status %d", w.Code)
		}
	}
	if got := strings.Count(b.String(), `level=WARN msg="engineio: WebSockets are refused" error="the http.ResponseWriter`); got != 1 {
		t.Errorf("log: %s", b.String())
	}
}

// deflated compresses a message as RFC 7692 §7.2.1 says.
func deflated(message []byte) []byte {
	var b bytes.Buffer
	w, _ := flate.NewWriter(&b, flate.BestCompression) // the level exists
	_, _ = w.Write(message)                            // a bytes.Buffer does not fail
	_ = w.Flush()
	return bytes.TrimSuffix(b.Bytes(), []byte("\x00\x00\xff\xff"))
}
