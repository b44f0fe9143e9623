package engineio_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
	"github.com/socketio-go/socketio/metrics"
)

func TestWebSocketMessages(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		ws.Send("4hello", "4て", "4")
		ws.SendBinary([]byte{1, 2, 3})
		ws.SendBinary(nil)
		ws.Expect("4hello", "4て", "4")
		if b := ws.Binary(); string(b) != "\x01\x02\x03" {
			t.Errorf("binary %q", b)
		}
		if b := ws.Binary(); len(b) != 0 {
			t.Errorf("binary %q", b)
		}
		p.expect("hello", "て", "", "b:\x01\x02\x03", "b:")
		if p.Received() < 20 {
			t.Errorf("Received() = %d", p.Received())
		}
		big := strings.Repeat("x", 900_000)
		ws.Send("4" + big)
		ws.Expect("4" + big)

		list := numbered("", 500)
		ws.Send(packets(list)...)
		ws.Expect(packets(list)...)
		p.expectOpen()
	})
}

// TestWebSocketPackets has a row per packet: what the application gets, and how the session ends ("" if it does not).
func TestWebSocketPackets(t *testing.T) {
	for _, row := range []struct {
		name, packet string
		got          []string
		reason       engineio.CloseReason
	}{
		{"message", "4a", []string{"a"}, ""},
		{"pong", "3", nil, ""},
		{"pong with data", "3probe", nil, ""},
		{"open, as the official server", "0", nil, ""},
		{"upgrade, as the official server", "5", nil, ""},
		{"noop", "6", nil, ""},
		{"ping", "2", nil, engineio.TransportError},
		{"probe", "2probe", nil, engineio.TransportError},
		{"close", "1", nil, engineio.TransportClose},
		{"unknown type", "7", nil, engineio.ParseError},
		{"letters", "abc", nil, engineio.ParseError},
		{"base64, as with the official client's forceBase64", "bAAEC", []string{"b:\x00\x01\x02"}, ""},
		{"no bytes in base64", "b", []string{"b:"}, ""},
		{"bad base64", "b@@@", nil, engineio.ParseError},
		{"a payload is one message", "4a\x1e4b", []string{"a\x1e4b"}, ""},
		{"empty packet", "", nil, engineio.ParseError},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				a.onMessage = ignore
				ws, p := a.webSocket()
				ws.Send(row.packet, "4after")
				if row.reason == "" {
					p.expect(append(row.got, "after")...)
					p.expectOpen()
					return
				}
				if status := ws.ExpectClose(); status != 1005 {
					t.Errorf("close status %d", status)
				}
				p.expectClose(row.reason)
				p.expect(row.got...)
			})
		})
	}
}

// TestForceBase64: a client whose handshake says b64 gets bytes as text, also on its WebSocket.
func TestForceBase64(t *testing.T) {
	bytes := engineio.CopyBinary([]byte{0, 1, 2})
	run(t, nil, func(t *testing.T, a *app) {
		ws := a.WS("EIO=4&transport=websocket&b64=1")
		ws.Text()
		p := a.peer()
		_ = p.Send(0, text("a"), bytes)
		ws.Expect("4a", "bAAEC")

		open := a.Request(get, "EIO=4&transport=polling&b64=1", "").Body
		ws = a.WS("EIO=4&transport=websocket&b64=1&sid=" + wiretest.SID(open))
		ws.Send("2probe")
		ws.Expect("3probe")
		_ = a.peer().Send(0, bytes) // waits for the upgrade
		ws.Send("5")
		ws.Expect("bAAEC")
	})
}

// A brokenWriter is a connection that breaks as soon as it is hijacked.
type brokenWriter struct {
	*httptest.ResponseRecorder
	t *testing.T
}

func (w brokenWriter) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, client := net.Pipe()
	client.Close()
	return conn, bufio.NewReadWriter(bufio.NewReader(conn), nil), nil
}

func (w brokenWriter) WriteHeader(int) {
	w.t.Error("answered after Hijack, of which net/http complains in its log")
}

// TestBrokenHandshake: a client that leaves before it has the answer to its handshake is not refused.
func TestBrokenHandshake(t *testing.T) {
	var c metrics.Counters
	s := engineio.NewServer(&engineio.Options{
		Metrics:           &c,
		OnConnectionError: func(e *engineio.ConnectionError) { t.Errorf("told of %v", e) },
	}, func(*engineio.Session) engineio.Handler { panic("a session") })
	r := httptest.NewRequest(get, "/?EIO=4&transport=websocket", http.NoBody)
	for name, value := range map[string]string{
		"Connection": "Upgrade", "Upgrade": "websocket",
		"Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
	} {
		r.Header.Set(name, value)
	}
	s.ServeHTTP(brokenWriter{httptest.NewRecorder(), t}, r)
	if got := countsOf(&c); len(got) > 0 {
		t.Errorf("counted %v", got)
	}
}

// TestWebSocketEnds has a row per way a connection ends, and what the application is told.
func TestWebSocketEnds(t *testing.T) {
	for _, row := range []struct {
		name   string
		end    func(*wiretest.WS)
		status int // of the server's close frame; 0: none
		reason engineio.CloseReason
	}{
		{"close frame", func(ws *wiretest.WS) { ws.SendRaw(wiretest.Frame(8, []byte{3, 232})) }, 1000, engineio.TransportClose},
		{"going away", func(ws *wiretest.WS) { ws.SendRaw(wiretest.Frame(8, []byte{3, 233})) }, 1001, engineio.TransportClose},
		{"empty close frame", func(ws *wiretest.WS) { ws.SendRaw(wiretest.Frame(8, nil)) }, 1005, engineio.TransportClose},
		{"lost connection", func(ws *wiretest.WS) { ws.Close() }, 0, engineio.TransportClose},
		{"lost within a frame", func(ws *wiretest.WS) { ws.SendRaw([]byte{0x81, 0xff, 0}); ws.Close() }, 0, engineio.TransportClose},
		{"bad close code", func(ws *wiretest.WS) { ws.SendRaw(wiretest.Frame(8, []byte{3, 237})) }, 1002, engineio.TransportError},
		{"reserved bit", func(ws *wiretest.WS) { ws.SendRaw([]byte("\xc1\x81\x00\x00\x00\x004")) }, 1002, engineio.TransportError},
		{"unmasked", func(ws *wiretest.WS) { ws.SendRaw([]byte("\x81\x0242")) }, 1002, engineio.TransportError},
		{"invalid UTF-8", func(ws *wiretest.WS) { ws.Send("4\xc3\x28") }, 1007, engineio.TransportError},
		{"20,000 fragments", func(ws *wiretest.WS) {
			ws.Conn.Write([]byte("\x01\x81\x00\x00\x00\x004" + strings.Repeat("\x00\x80\x00\x00\x00\x00", 20_000))) // fails on the way
		}, 1008, engineio.TransportError},
		{"too large", func(ws *wiretest.WS) {
			ws.Conn.Write(wiretest.Frame(1, []byte("4"+strings.Repeat("x", 1_100_000)))) // fails on the way
		}, 1009, engineio.PayloadTooLarge},
		{"too large in fragments", func(ws *wiretest.WS) {
			f := wiretest.Frame(1, []byte("4"+strings.Repeat("x", 600_000)))
			f[0] &^= 0x80
			ws.Conn.Write(append(f, wiretest.Frame(0, make([]byte, 600_000))...)) // fails on the way
		}, 1009, engineio.PayloadTooLarge},
		{"announced too large", func(ws *wiretest.WS) {
			ws.SendRaw([]byte("\x82\xff\x7f\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x00"))
		}, 1009, engineio.PayloadTooLarge},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				ws, p := a.webSocket()
				sent := make(chan struct{})
				go func() { // ends when the server has read or the connection is closed
					defer close(sent)
					row.end(ws)
				}()
				if status := ws.ExpectClose(); row.name != "lost connection" && status != row.status {
					t.Errorf("close status %d, want %d", status, row.status)
				}
				<-sent
				p.expectClose(row.reason)
				p.expect()
				if p.cause == nil {
					t.Error("no cause")
				}
				if err := p.Send(0, text("late")); !errors.Is(err, engineio.ErrClosed) {
					t.Errorf("Send after the end: %v", err)
				}
			})
		})
	}
}

func TestLargestWebSocketMessage(t *testing.T) {
	run(t, &engineio.Options{MaxPayload: 1000}, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		largest := strings.Repeat("x", 999)
		ws.Send("4" + largest)
		ws.Expect("4" + largest)
		ws.Send("4" + largest + "x")
		if status := ws.ExpectClose(); status != 1009 {
			t.Errorf("close status %d", status)
		}
		p.expectClose(engineio.PayloadTooLarge)
		p.expect(largest)
	})
}

// TestPongFlood: pongs that nobody asked for cost nothing and change nothing.
func TestPongFlood(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		before := goroutines()
		flood := []byte(strings.Repeat(string(wiretest.Frame(1, []byte("3"))), 1000))
		for range 100 {
			ws.SendRaw(flood)
		}
		synctest.Wait()
		if n := goroutines(); n > before {
			t.Errorf("%d goroutines, before %d", n, before)
		}
		p.expectOpen()
		start := time.Now()
		ws.Expect("2") // when it was due
		if d := time.Since(start); d != 25*time.Second {
			t.Errorf("pinged after %v", d)
		}
	})
}

// TestControlFrames are answered by the WebSocket and mean nothing to the session.
func TestControlFrames(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		ws.SendRaw(wiretest.Frame(9, []byte("are you there")))
		if op, data, err := ws.Read(); op != 10 || string(data) != "are you there" || err != nil {
			t.Errorf("read %d %q %v", op, data, err)
		}
		ws.SendRaw(wiretest.Frame(10, nil))
		p.expectOpen()
	})
}

// TestBatches sends messages in one write: BatchDone comes once for those that arrived together.
func TestBatches(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		a.onMessage = ignore
		ws, p := a.webSocket()
		ws.Send("4a", "4b", "4c")
		p.expect("a", "b", "c")
		p.mu.Lock()
		defer p.mu.Unlock()
		if p.batches != 1 {
			t.Errorf("%d batches", p.batches)
		}
	})
}

// TestBlockedHandler blocks in Message: nothing more is read from this client, and others do not notice.
func TestBlockedHandler(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		release := make(chan struct{})
		a.onMessage = func(p *peer, data string, binary bool) {
			switch data {
			case "block":
				<-release
			case "a":
				echo(p, data, binary)
			}
		}
		slow, p := a.webSocket()
		slow.Send("4block")
		synctest.Wait()
		sent := 0
		stuck := make(chan struct{})
		go func() { // ends when the handler reads again
			defer close(stuck)
			for range 100 {
				if _, err := slow.Conn.Write(wiretest.Frame(1, fmt.Appendf(nil, "4%0100000d", sent))); err != nil {
					return
				}
				sent++
			}
		}()
		synctest.Wait()
		if sent > 2 {
			t.Errorf("the server read %d messages of 100 kB on", sent)
		}
		other, _ := a.webSocket()
		other.Send("4a")
		other.Expect("4a")
		p.send("b") // sending is not reading
		slow.Expect("4b")

		go io.Copy(io.Discard, slow.Conn) // ends with the connection
		close(release)
		<-stuck
		synctest.Wait() // until the last ones are handled
		if got := p.received(); len(got) != 101 {
			t.Errorf("%d messages", len(got))
		}
	})
}
