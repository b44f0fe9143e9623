package engineio_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

const octets = "application/octet-stream"

// A polling3 is a client of protocol 3 by long-polling: its payloads are as on the wire.
type polling3 struct {
	*app
	open, query string
}

// polling3 opens a session; extra is appended to the query of each request ("&b64=1").
func (a *app) polling3(extra string) (*polling3, *peer) {
	a.t.Helper()
	query := "EIO=3&transport=polling" + extra
	res := a.Request(get, query, "")
	length, open, _ := strings.Cut(res.Body, ":")
	if res.Status != 200 || length != fmt.Sprint(len(open)) || !strings.HasPrefix(open, "0{") {
		a.t.Fatalf("handshake: %d %q", res.Status, res.Body)
	}
	synctest.Wait()
	return &polling3{a, open, query + "&sid=" + wiretest.SID(open)}, a.peer()
}

// poll starts to poll, and returns once the server has the request.
func (c *polling3) poll() <-chan wiretest.Answer {
	answer := make(chan wiretest.Answer, 1)
	go func() { answer <- c.Request(get, c.query, "") }() // ends with the answer
	synctest.Wait()
	return answer
}

// expect polls for a payload.
func (c *polling3) expect(want string) {
	c.t.Helper()
	if res := c.Request(get, c.query, ""); res.Status != 200 || res.Body != want {
		c.t.Fatalf("polled %d %q, want %q", res.Status, res.Body, want)
	}
}

// post posts a payload, which must be accepted.
func (c *polling3) post(body string, header ...string) {
	c.t.Helper()
	if res := c.Request(post, c.query, body, header...); res.Status != 200 || res.Body != "ok" {
		c.t.Fatalf("post: %d %q", res.Status, res.Body)
	}
}

// webSocket3 opens a session of protocol 3 by WebSocket.
func (a *app) webSocket3(extra string) (*wiretest.WS, *peer) {
	a.t.Helper()
	ws := a.WS("EIO=3&transport=websocket" + extra)
	if open := ws.Text(); !strings.HasPrefix(open, "0{") {
		a.t.Fatalf("open packet: %q", open)
	}
	synctest.Wait()
	return ws, a.peer()
}

// run3 is run with protocol 3 allowed.
func run3(t *testing.T, test func(t *testing.T, a *app)) {
	t.Helper()
	run(t, &engineio.Options{AllowEIO3: true}, test)
}

func TestHandshake3(t *testing.T) {
	run3(t, func(t *testing.T, a *app) {
		c, p := a.polling3("")
		want := `0{"sid":"` + p.ID() + `","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`
		if c.open != want {
			t.Errorf("open packet %q, want %q", c.open, want)
		}
		_, q := a.polling()
		if p.Protocol() != 3 || q.Protocol() != 4 {
			t.Errorf("protocols %d, %d", p.Protocol(), q.Protocol())
		}
		a.onOpen = func(p *peer) { p.send("€") }
		res := a.Request(get, "EIO=3&transport=polling", "")
		if !strings.HasSuffix(res.Body, "}2:4€") || res.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
			t.Errorf("handshake answered %q, %v", res.Body, res.Header)
		}

		// A WebSocket's client begins to listen a moment after its connection is open.
		start := time.Now()
		ws := a.WS("EIO=3&transport=websocket")
		if d := time.Since(start); d != 0 {
			t.Errorf("accepted after %v", d)
		}
		open := ws.Text()
		if d := time.Since(start); d != 10*time.Millisecond || !strings.Contains(open, `"upgrades":[]`) {
			t.Errorf("open packet %q after %v", open, d)
		}
		ws.Expect("4€")
	})
	t.Run("sent in the meantime", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			ws := a.WS("EIO=3&transport=websocket")
			start := time.Now()
			synctest.Wait()
			p := a.peer()
			p.send("a")
			p.Cork()
			p.send("b")
			p.Uncork()
			ws.Text()
			if d := time.Since(start); d != 10*time.Millisecond {
				t.Errorf("open packet after %v", d)
			}
			ws.Expect("4a", "4b")
			p.Cork()
			p.send("c")
			p.Uncork()
			ws.Expect("4c")
			if d := time.Since(start); d != 10*time.Millisecond {
				t.Errorf("then it took until %v", d)
			}
		})
	})
}

// TestProtocols3 has the requests in which protocols do not fit: with each other, or with the options.
func TestProtocols3(t *testing.T) {
	for _, row := range []struct {
		name, method, query string
		body                string
	}{
		{"poll of protocol 3 in a session of 4", get, "EIO=3&transport=polling&sid=SID4", badRequest},
		{"POST of protocol 3 in a session of 4", post, "EIO=3&transport=polling&sid=SID4", badRequest},
		{"poll of protocol 4 in a session of 3", get, "EIO=4&transport=polling&sid=SID3", badRequest},
		{"POST of protocol 4 in a session of 3", post, "EIO=4&transport=polling&sid=SID3", badRequest},
		{"no protocol in a session of 3", get, "transport=polling&sid=SID3", badRequest},
		{"protocol 2", get, "EIO=2&transport=polling", unsupportedProtocol},
		{"protocol 03", get, "EIO=03&transport=polling", unsupportedProtocol},
		{"the last counts", get, "EIO=3&EIO=5&transport=polling", unsupportedProtocol},
	} {
		t.Run(row.name, func(t *testing.T) {
			run3(t, func(t *testing.T, a *app) {
				c3, p3 := a.polling3("")
				c4, p4 := a.polling()
				query := strings.NewReplacer("SID3", p3.ID(), "SID4", p4.ID()).Replace(row.query)
				expectError(t, a.Request(row.method, query, ""), 400, row.body)
				c3.post("6:4still")
				c4.Post("4still")
				p3.expect("still")
				p4.expect("still")
			})
		})
	}
	t.Run("upgrades", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			_, p3 := a.polling3("")
			_, p4 := a.polling()
			for _, query := range []string{"EIO=4&sid=" + p3.ID(), "EIO=3&sid=" + p4.ID()} {
				ws, res, err := a.DialWS("transport=websocket&" + query)
				if err != nil || ws != nil || res.StatusCode != 400 {
					t.Errorf("%s: %v, %v", query, res, err)
				}
			}
		})
	})
	t.Run("not allowed", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			expectError(t, a.Request(get, "EIO=3&transport=polling", ""), 400, unsupportedProtocol)
			ws, res, err := a.DialWS("EIO=3&transport=websocket")
			if err != nil || ws != nil || res.StatusCode != 400 {
				t.Errorf("websocket: %v, %v", res, err)
			}
		})
	})
}

func TestPollingMessages3(t *testing.T) {
	run3(t, func(t *testing.T, a *app) {
		c, p := a.polling3("")
		c.post("6:4hello3:4😀")
		p.expect("hello", "😀")
		c.expect("6:4hello3:4😀")

		c.post("10:b4AQIDBA==2:4a")
		p.expect("hello", "😀", "b:\x01\x02\x03\x04", "a")
		c.expect("\x01\x05\xff\x04\x01\x02\x03\x04\x00\x02\xff4a")

		c.post("\x00\x04\xff4€\x01\x03\xff\x04\x00\xff", "Content-Type", octets)
		p.expect("hello", "😀", "b:\x01\x02\x03\x04", "a", "€", "b:\x00\xff")
		res := a.Request(get, c.query, "")
		if res.Body != "\x00\x04\xff4€\x01\x03\xff\x04\x00\xff" || res.Header.Get("Content-Type") != octets {
			t.Errorf("polled %q, %v", res.Body, res.Header)
		}
		answer := c.poll()
		p.send("x")
		if res := <-answer; res.Body != "2:4x" || res.Header.Get("Content-Type") != "text/plain; charset=UTF-8" {
			t.Errorf("polled %q, %v", res.Body, res.Header)
		}
		p.expectOpen()
	})
	t.Run("base64", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			c, p := a.polling3("&b64=1")
			c.post("10:b4AQIDBA==3:4😀")
			p.expect("b:\x01\x02\x03\x04", "😀")
			c.expect("10:b4AQIDBA==3:4😀")
		})
	})
}

// TestPostBodies3 has one row per kind of payload, as TestPostBodies.
func TestPostBodies3(t *testing.T) {
	for _, row := range []struct {
		name, body string
		binary     bool
		status     int
		got        []string
		reason     engineio.CloseReason
	}{
		{"empty", "", false, 200, nil, ""},
		{"messages", "2:4a2:4b", false, 200, []string{"a", "b"}, ""},
		{"open, upgrade, noop", "1:01:51:62:4a", false, 200, []string{"a"}, ""},
		{"invalid UTF-8", "4:4a\xffb", false, 200, []string{"a\uFFFDb"}, ""},
		{"100,000 packets", strings.Repeat("1:6", 100_000), false, 200, nil, ""},
		{"binary", "\x00\x02\xff4a\x01\x02\xff\x04b", true, 200, []string{"a", "b:b"}, ""},

		{"close", "1:1", false, 200, nil, engineio.TransportClose},
		{"close between messages", "2:4a1:12:4b", false, 200, []string{"a"}, engineio.TransportClose},
		{"close, binary", "\x00\x01\xff1\x00\x02\xff4a", true, 200, nil, engineio.TransportClose},
		{"pong", "2:4a1:32:4b", false, 400, []string{"a"}, engineio.TransportError},
		{"pong, binary", "\x01\x01\xff\x03", true, 400, nil, engineio.TransportError},
		{"protocol 4", "4a\x1e4b", false, 400, nil, engineio.ParseError},
		{"length only", "1:", false, 400, nil, engineio.ParseError},
		{"endless length", "99999999999999999999:4", false, 400, nil, engineio.ParseError},
		{"negative length", "-1:4", false, 400, nil, engineio.ParseError},
		{"length within a surrogate pair", "2:4a2:4😀", false, 400, []string{"a"}, engineio.ParseError},
		{"10^6 empty packets", strings.Repeat("0:", 500_000), false, 400, nil, engineio.ParseError},
		{"100,001 packets", strings.Repeat("1:6", 100_001), false, 400, nil, engineio.ParseError},
		{"300,000 packets", strings.Repeat("1:6", 300_000), false, 400, nil, engineio.ParseError},
		{"unknown type", "1:7", false, 400, nil, engineio.ParseError},
		{"bad base64", "5:b4@@@", false, 400, nil, engineio.ParseError},
		{"binary: missing mark", "\x00\x02", true, 400, nil, engineio.ParseError},
		{"binary: other kind", "\x00\x02\xff4a\x02\x02\xff4b", true, 400, []string{"a"}, engineio.ParseError},
		{"binary: endless length", "\x00" + strings.Repeat("\x09", 20) + "\xff4", true, 400, nil, engineio.ParseError},
		{"binary: 250,000 packets", strings.Repeat("\x00\x01\xff6", 250_000), true, 400, nil, engineio.ParseError},
		{"text declared binary", "2:4a", true, 400, nil, engineio.ParseError},
		{"binary declared text", "\x00\x02\xff4a", false, 400, nil, engineio.ParseError},
	} {
		t.Run(row.name, func(t *testing.T) {
			run3(t, func(t *testing.T, a *app) {
				a.onMessage = ignore
				c, p := a.polling3("")
				header := []string{"Content-Type", "text/plain; charset=UTF-8"}
				if row.binary {
					header[1] = octets
				}
				res := a.Request(post, c.query, row.body, header...)
				if row.status != 200 {
					expectError(t, res, row.status, badRequest)
				} else if res.Status != 200 || res.Body != "ok" {
					t.Errorf("answered %d %q", res.Status, res.Body)
				}
				p.expect(row.got...)
				if row.reason == "" {
					p.expectOpen()
				} else {
					p.expectClose(row.reason)
				}
			})
		})
	}
}

func TestMaxPackets3(t *testing.T) {
	run(t, &engineio.Options{MaxPackets: 2, AllowEIO3: true}, func(t *testing.T, a *app) {
		a.onMessage = ignore
		c, p := a.polling3("")
		c.post("2:4a2:4b")
		expectError(t, a.Request(post, c.query, "2:4c2:4d2:4e"), 400, badRequest)
		p.expect("a", "b", "c", "d")
		p.expectClose(engineio.ParseError)
	})
}

// TestWebSocketPackets3 has a row per message, as TestWebSocketPackets.
func TestWebSocketPackets3(t *testing.T) {
	for _, row := range []struct {
		name, message string
		binary        bool
		got           []string
		answer        string
		reason        engineio.CloseReason
	}{
		{"message", "4a", false, []string{"a"}, "", ""},
		{"bytes", "\x04a", true, []string{"b:a"}, "", ""},
		{"no bytes", "\x04", true, []string{"b:"}, "", ""},
		{"base64", "b4AQID", false, []string{"b:\x01\x02\x03"}, "", ""},
		{"ping", "2", false, nil, "3", ""},
		{"ping with data", "2probe", false, nil, "3", ""},
		{"ping as bytes", "\x02", true, nil, "3", ""},
		{"open, as the official server", "0", false, nil, "", ""},
		{"upgrade, as the official server", "5", false, nil, "", ""},
		{"noop", "6", false, nil, "", ""},
		{"close", "1", false, nil, "", engineio.TransportClose},
		{"pong", "3", false, nil, "", engineio.TransportError},
		{"unknown type", "7", false, nil, "", engineio.ParseError},
		{"bytes of protocol 4", "abc", true, nil, "", engineio.ParseError},
		{"no bytes, no type", "", true, nil, "", engineio.ParseError},
		{"bad base64", "b4@@", false, nil, "", engineio.ParseError},
		{"empty packet", "", false, nil, "", engineio.ParseError},
	} {
		t.Run(row.name, func(t *testing.T) {
			run3(t, func(t *testing.T, a *app) {
				a.onMessage = ignore
				ws, p := a.webSocket3("")
				if row.binary {
					ws.SendBinary([]byte(row.message))
				} else {
					ws.Send(row.message)
				}
				if row.reason == "" {
					ws.Send("4after")
					p.expect(append(row.got, "after")...)
					p.expectOpen()
					if row.answer != "" {
						ws.Expect(row.answer)
					}
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

func TestUpgrade3(t *testing.T) {
	run3(t, func(t *testing.T, a *app) {
		c, p := a.polling3("")
		waiting := c.poll()
		ws := a.WS(strings.Replace(c.query, "polling", "websocket", 1))
		ws.Send("2probe")
		ws.Expect("3probe")
		if res := <-waiting; res.Body != "1:6" {
			t.Errorf("the waiting poll got %q", res.Body)
		}
		c.post("1:22:4a") // still the transport
		c.expect("1:32:4a")
		p.send("b")
		_ = p.Send(0, engineio.CopyBinary([]byte{1, 2}))
		ws.Send("5")
		ws.Expect("4b")
		if b := ws.Binary(); string(b) != "\x04\x01\x02" {
			t.Errorf("binary %q", b)
		}
		ws.Send("2")
		ws.Expect("3")
		expectError(t, a.Request(get, c.query, ""), 400, badRequest)
		expectError(t, a.Request(post, c.query, "2:4x"), 400, badRequest)
		p.expect("a")
		// past the upgrade timeout
		time.Sleep(15 * time.Second) // fake time
		p.expectOpen()
	})
	t.Run("without probe", func(t *testing.T) {
		run3(t, func(t *testing.T, a *app) {
			c, p := a.polling3("")
			ws := a.WS(strings.Replace(c.query, "polling", "websocket", 1))
			ws.SendBinary([]byte("\x05"))
			ws.ExpectClose()
			c.post("2:4a")
			c.expect("2:4a")
			p.expectOpen()
		})
	})
}

// TestClose3 closes sessions from both sides.
func TestClose3(t *testing.T) {
	run3(t, func(t *testing.T, a *app) {
		c, p := a.polling3("")
		waiting := c.poll()
		p.Session.Close()
		if res := <-waiting; res.Body != "1:1" {
			t.Errorf("Close, a poll waits: %q", res.Body)
		}
		p.expectClose(engineio.ForcedClose)

		c, p = a.polling3("")
		_ = p.Send(0, text("a"), engineio.CopyBinary([]byte("b")))
		p.Session.Close()
		c.expect("\x00\x02\xff4a\x01\x02\xff\x04b")
		c.expect("1:61:1")
		p.expectClose(engineio.ForcedClose)
		expectError(t, a.Request(get, c.query, ""), 400, unknownSID)

		c, p = a.polling3("")
		waiting = c.poll()
		c.post("1:1")
		if res := <-waiting; res.Body != "1:6" {
			t.Errorf("closed by the client, a poll waits: %q", res.Body)
		}
		p.expectClose(engineio.TransportClose)

		ws, p := a.webSocket3("")
		p.send("last")
		p.Session.Close()
		ws.Expect("4last")
		if status := ws.ExpectClose(); status != 1005 {
			t.Errorf("close status %d", status)
		}
		p.expectClose(engineio.ForcedClose)

		ws, p = a.webSocket3("")
		ws.Send("1")
		ws.ExpectClose()
		p.expectClose(engineio.TransportClose)

		ws = a.WS("EIO=3&transport=websocket") // before its open packet has left
		synctest.Wait()
		p = a.peer()
		p.Session.Close()
		if open := ws.Text(); !strings.HasPrefix(open, "0{") {
			t.Errorf("open packet %q", open)
		}
		ws.ExpectClose()
		p.expectClose(engineio.ForcedClose)
	})
}

// TestOneMessage3 sends the same messages to sessions of each protocol and transport.
func TestOneMessage3(t *testing.T) {
	run3(t, func(t *testing.T, a *app) {
		poll4, p1 := a.polling()
		poll3, p2 := a.polling3("")
		poll3base64, p3 := a.polling3("&b64=1")
		ws4, p4 := a.webSocket()
		ws3, p5 := a.webSocket3("")
		ws3base64, p6 := a.webSocket3("&b64=1")
		group := []engineio.Message{text("😀"), engineio.CopyBinary([]byte{1, 2, 3})}
		for range 2 { // the first must not have changed them
			for _, p := range []*peer{p1, p2, p3, p4, p5, p6} {
				if err := p.Send(0, group...); err != nil {
					t.Fatal(err)
				}
			}
			expectPackets(t, poll4.Poll(), "4😀", "bAQID")
			poll3.expect("\x00\x05\xff4😀\x01\x04\xff\x04\x01\x02\x03")
			poll3base64.expect("3:4😀6:b4AQID")
			ws4.Expect("4😀")
			ws3.Expect("4😀")
			ws3base64.Expect("4😀", "b4AQID")
			if b4, b3 := ws4.Binary(), ws3.Binary(); string(b4) != "\x01\x02\x03" || string(b3) != "\x04\x01\x02\x03" {
				t.Errorf("binary %q and %q", b4, b3)
			}
		}
	})
}
