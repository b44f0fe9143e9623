package engineio_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

func TestPollingMessages(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		c.Post("4hello")
		expectPackets(t, c.Poll(), "4hello")

		c.Post("4て", "4", "4Я Б Г", "bAQIDBA==", "4end")
		p.expect("hello", "て", "", "Я Б Г", "b:\x01\x02\x03\x04", "end")
		expectPackets(t, c.Poll(), "4て", "4", "4Я Б Г", "bAQIDBA==", "4end")

		// A waiting poll is answered at once, and each further one waits.
		for _, s := range []string{"a", "b"} {
			answer := poll(c)
			p.send(s)
			if res := <-answer; res.Body != "4"+s {
				t.Errorf("polled %q", res.Body)
			}
		}

		p.Send(0, text("t"), engineio.CopyBinary([]byte{0xff}), engineio.CopyBinary(nil))
		p.send("u")
		expectPackets(t, c.Poll(), "4t", "b/w==", "b", "4u")

		if want := int64(len("4hello") + len("4て\x1e4\x1e4Я Б Г\x1ebAQIDBA==\x1e4end")); p.Received() != want {
			t.Errorf("Received() = %d, want %d", p.Received(), want)
		}
		if p.MaxPayload() != 1_000_000 {
			t.Errorf("MaxPayload() = %d", p.MaxPayload())
		}
	})
}

// TestPostBodies has one row per kind of payload: what it is answered, what the application gets of it, and whether
// the session survives ("" if so).
func TestPostBodies(t *testing.T) {
	many := func(packet string, n int) string { return strings.Repeat(packet+"\x1e", n-1) + packet }
	tooMuch := many("6", 490_000)
	for _, row := range []struct {
		name, body string
		status     int
		got        []string
		reason     engineio.CloseReason
	}{
		{"empty", "", 200, nil, ""},
		{"messages", "4a\x1e4b", 200, []string{"a", "b"}, ""},
		{"bytes", "bAAEC", 200, []string{"b:\x00\x01\x02"}, ""},
		{"bytes, padded", "bAAE=", 200, []string{"b:\x00\x01"}, ""},
		{"bytes, padding left out", "bAAE", 200, []string{"b:\x00\x01"}, ""},
		{"no bytes", "b", 200, []string{"b:"}, ""},
		{"pong, open, upgrade, noop", "3\x1e0\x1e5\x1e6\x1e4a", 200, []string{"a"}, ""},
		{"message with an odd character", "4\xf0\x9f\x98\x80\u2028", 200, []string{"😀\u2028"}, ""},
		{"invalid UTF-8", "4a\xffb", 200, []string{"a\uFFFDb"}, ""},
		{"100,000 packets", many("6", 100_000), 200, nil, ""},

		{"close", "1", 200, nil, engineio.TransportClose},
		{"close between messages", "4a\x1e1\x1e4b", 200, []string{"a"}, engineio.TransportClose},
		{"ping", "4a\x1e2\x1e4b", 400, []string{"a"}, engineio.TransportError},
		{"bad base64", "b@@@", 400, nil, engineio.ParseError},
		{"base64 of impossible length", "bA", 400, nil, engineio.ParseError},
		{"unknown type", "7", 400, nil, engineio.ParseError},
		{"no type", "abc", 400, nil, engineio.ParseError},
		{"empty packet", "4a\x1e\x1e4b", 400, []string{"a"}, engineio.ParseError},
		{"separator at the end", "4a\x1e", 400, []string{"a"}, engineio.ParseError},
		{"100,001 packets", many("6", 100_001), 400, nil, engineio.ParseError},
		{"490,000 noops", tooMuch, 400, nil, engineio.ParseError},
		{"a million separators", strings.Repeat("\x1e", 1_000_000), 400, nil, engineio.ParseError},
		{"protocol 3", "6:4hello", 200, nil, ""}, // a noop with odd data
		{"protocol 3, endless length", "99999999999999999999:4", 400, nil, engineio.ParseError},
		{"protocol 3, negative length", "-1:4", 400, nil, engineio.ParseError},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				a.onMessage = ignore
				c, p := a.polling()
				res := a.Request(post, c.Query(), row.body)
				if row.status == 200 {
					if ct := res.Header.Get("Content-Type"); res.Status != 200 || res.Body != "ok" || ct != "text/html" {
						t.Errorf("answered %d %q, %s", res.Status, res.Body, ct)
					}
				} else {
					expectError(t, res, row.status, badRequest)
				}
				p.expect(row.got...)
				if row.reason == "" {
					p.expectOpen()
				} else {
					p.expectClose(row.reason)
				}
				if p.batches > 1 {
					t.Errorf("BatchDone %d times", p.batches)
				}
			})
		})
	}
}

func TestMaxPackets(t *testing.T) {
	run(t, &engineio.Options{MaxPackets: 2}, func(t *testing.T, a *app) {
		c, p := a.polling()
		c.Post("4a", "4b")
		expectError(t, c.TryPost("4a", "4b", "4c"), 400, badRequest)
		p.expect("a", "b")
		p.expectClose(engineio.ParseError)
	})
}

func TestPostHeaders(t *testing.T) {
	for _, row := range []struct {
		name, header, value string
		status              int
		reason              engineio.CloseReason
	}{
		{"plain text", "Content-Type", "text/plain;charset=UTF-8", 200, ""},
		{"no type", "Content-Type", "", 200, ""},
		{"bytes", "Content-Type", "application/octet-stream", 400, engineio.TransportError},
		{"bytes, parameter", "Content-Type", "application/octet-stream; x=y", 400, engineio.TransportError},
		{"gzip", "Content-Encoding", "gzip", 415, ""},
		{"br", "Content-Encoding", "br", 415, ""},
		{"identity", "Content-Encoding", "Identity", 200, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				c, p := a.polling()
				res := a.Request(post, c.Query(), "4a", row.header, row.value)
				if row.status == 200 {
					p.expect("a")
				} else {
					expectError(t, res, row.status, badRequest)
					p.expect()
				}
				if row.reason == "" {
					p.expectOpen()
				} else {
					p.expectClose(row.reason)
				}
			})
		})
	}
}

func TestPollHeaders(t *testing.T) {
	for _, row := range []struct{ name, agent, xss string }{
		{"IE 8", "Mozilla/4.0 (compatible;MSIE 8.0;Windows NT 6.0)", "0"},
		{"IE 11", "Mozilla/5.0 (Windows NT 6.3; Trident/7.0; rv:11.0) like Gecko", "0"},
		{"other", "Mozilla/5.0", ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				c := a.Polling("User-Agent", row.agent)
				a.peer().send("a")
				for _, method := range []string{get, post} {
					h := a.Request(method, c.Query(), "", "User-Agent", row.agent).Header
					if h.Get("X-XSS-Protection") != row.xss || h.Get("Cache-Control") != "no-store" || h.Get("Vary") != "Origin" {
						t.Errorf("%s: %v", method, h)
					}
				}
			})
		})
	}
}

// TestOverlap has two requests of a kind at once: the second is refused and ends the session, and so the first.
func TestOverlap(t *testing.T) {
	t.Run("polls", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			first := poll(c)
			expectError(t, c.Get(), 400, badRequest)
			if res := <-first; res.Status != 200 || res.Body != "1" {
				t.Errorf("the first poll got %d %q", res.Status, res.Body)
			}
			p.expectClose(engineio.TransportError)
			expectError(t, c.Get(), 400, unknownSID)
		})
	})
	t.Run("posts", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			body := newSlowBody()
			first := postBody(a, c.Query(), body)
			expectError(t, c.TryPost("4b"), 400, badRequest)
			if res := <-first; res.Status != 400 {
				t.Errorf("the first POST got %d %q", res.Status, res.Body)
			}
			p.expect()
			p.expectClose(engineio.TransportError)
		})
	})
}

// TestConnectionClose polls on connections that are not kept alive.
func TestConnectionClose(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		for _, s := range []string{"a", "b"} {
			p.send(s)
			if res := a.Request(get, c.Query(), "", "Connection", "close"); res.Body != "4"+s {
				t.Errorf("polled %q", res.Body)
			}
		}
		p.expectOpen()
	})
}

// TestPollAborted closes the tabs of hundreds of clients while they poll. Each session is noticed at once.
func TestPollAborted(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		const n = 300
		ctx, cancel := context.WithCancel(t.Context())
		peers := make([]*peer, n)
		for i := range peers {
			c, p := a.polling()
			peers[i] = p
			go a.Do(ctx, get, c.Query(), nil) // ends with ctx
		}
		synctest.Wait()
		if a.server.Len() != n {
			t.Errorf("%d sessions", a.server.Len())
		}
		start := time.Now()
		cancel()
		for _, p := range peers {
			p.expectClose(engineio.TransportError)
		}
		if d := time.Since(start); d != 0 || a.server.Len() != 0 {
			t.Errorf("%d sessions remain after %v", a.server.Len(), d)
		}
	})
}

// TestChurn opens sessions and leaves them, polling or not, for ten minutes.
func TestChurn(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		for i := range 600 {
			c, p := a.polling()
			if i%3 == 0 {
				ctx, cancel := context.WithTimeout(t.Context(), time.Second)
				go func() { // ends with ctx
					defer cancel()
					a.Do(ctx, get, c.Query(), nil)
				}()
			}
			if i%3 == 1 {
				p.send("never read")
			}
			time.Sleep(time.Second) // fake time
			if n := a.server.Len(); n > 46 {
				t.Fatalf("%d sessions after %d s", n, i)
			}
		}
		// pingInterval and pingTimeout
		time.Sleep(45 * time.Second) // fake time
		if n := a.server.Len(); n != 0 {
			t.Errorf("%d sessions remain", n)
		}
	})
}

// TestPanicInPost: net/http recovers what a handler panics with; the session must not keep a trace of the request.
func TestPanicInPost(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		a.Quiet()
		a.onMessage = func(_ *peer, data string, _ bool) {
			if data == "panic" {
				panic(data)
			}
		}
		c, p := a.polling()
		if res, err := a.Do(t.Context(), post, c.Query(), strings.NewReader("4panic")); err == nil {
			t.Errorf("answered %d", res.Status)
		}
		c.Post("4next")
		p.expect("panic", "next")
		start := time.Now()
		p.expectClose(engineio.PingTimeout) // not held for busy
		if d := time.Since(start); d != 45*time.Second {
			t.Errorf("after %v", d)
		}
	})
}

// TestClosedInPost has the application close the session on the first of two messages.
func TestClosedInPost(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		a.onMessage = func(p *peer, data string, _ bool) {
			p.send("bye")
			p.Session.Close()
		}
		c, p := a.polling()
		c.Post("4a", "4b")
		p.expect("a")
		p.expectClose(engineio.ForcedClose)
		expectPackets(t, c.Poll(), "4bye")
		expectPackets(t, c.Poll(), "6", "1")
		expectError(t, c.Get(), 400, unknownSID)
	})
}

func TestOrderOfPosts(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		a.onMessage = ignore
		c, p := a.polling()
		var want []string
		for i := range 50 {
			list := numbered(fmt.Sprint(i, "-"), 1+i%7)
			c.Post(packets(list)...)
			want = append(want, list...)
		}
		p.expect(want...)
	})
}
