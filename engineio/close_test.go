package engineio_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

const shuttingDown = `{"code":3,"message":"Server shutting down"}`

// TestCloseFlushes shows that what was sent before Close arrives, and then the end.
func TestCloseFlushes(t *testing.T) {
	t.Run("WebSocket", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			list := numbered("", 100)
			p.send(list...)
			p.Session.Close()
			ws.Expect(packets(list)...)
			if status := ws.ExpectClose(); status != 1005 {
				t.Errorf("close status %d", status)
			}
			p.expectClose(engineio.ForcedClose)
		})
	})
	t.Run("paused WebSocket", func(t *testing.T) {
		run(t, &engineio.Options{MaxQueuedBytes: 10 << 20}, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			list := numbered("", 1000)
			big := string(make([]byte, 3000))
			for _, s := range list {
				p.send(s + big)
			}
			p.Session.Close()
			p.expectClose(engineio.ForcedClose) // the application does not wait
			synctest.Wait()
			if a.server.Len() != 1 {
				t.Error("the session is gone, and what was queued with it")
			}
			time.Sleep(29 * time.Second) // fake time
			for _, s := range list {
				ws.Expect("4" + s + big)
			}
			ws.ExpectClose()
			synctest.Wait()
			if a.server.Len() != 0 {
				t.Error("the session remains")
			}
		})
	})
	t.Run("WebSocket that stays paused", func(t *testing.T) {
		run(t, &engineio.Options{MaxQueuedBytes: 10 << 20}, func(t *testing.T, a *app) {
			_, p := a.webSocket()
			p.send(string(make([]byte, 1<<20)))
			p.send("x")
			p.Session.Close()
			time.Sleep(30 * time.Second) // fake time
			synctest.Wait()
			if a.server.Len() != 0 {
				t.Error("the session remains")
			}
		})
	})
	t.Run("waiting poll", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			waiting := poll(c)
			p.Session.Close()
			if res := <-waiting; res.Status != 200 || res.Body != "1" {
				t.Errorf("polled %d %q", res.Status, res.Body)
			}
			p.expectClose(engineio.ForcedClose)
			expectError(t, c.Get(), 400, unknownSID)
		})
	})
	t.Run("waiting poll, corked", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			waiting := poll(c)
			p.Cork()
			p.send("a", "b")
			p.Session.Close()
			p.Uncork()
			if res := <-waiting; res.Body != "4a\x1e4b" {
				t.Errorf("polled %q", res.Body)
			}
			expectPackets(t, c.Poll(), "6", "1")
		})
	})
	t.Run("next poll", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			p.Session.Close()
			p.expectClose(engineio.ForcedClose)
			time.Sleep(29 * time.Second) // fake time
			expectPackets(t, c.Poll(), "6", "1")
			expectError(t, c.Get(), 400, unknownSID)
		})
	})
	t.Run("next poll, queued", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			p.send("a", "b")
			p.Session.Close()
			expectError(t, c.TryPost("4c"), 400, unknownSID)
			expectPackets(t, c.Poll(), "4a", "4b") // by itself: the official client drops what comes with the end
			expectPackets(t, c.Poll(), "6", "1")
			expectError(t, c.Get(), 400, unknownSID)
			p.expect()
		})
	})
	t.Run("no further poll", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			p.send("a")
			p.Session.Close()
			time.Sleep(30 * time.Second) // fake time
			synctest.Wait()
			if a.server.Len() != 0 {
				t.Error("the session remains")
			}
			expectError(t, c.Get(), 400, unknownSID)
		})
	})
}

// TestClosedByClient: the poll under way, or the one that is, gets a noop.
func TestClosedByClient(t *testing.T) {
	t.Run("waiting poll", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			waiting := poll(c)
			c.Post("1")
			if res := <-waiting; res.Status != 200 || res.Body != "6" {
				t.Errorf("polled %d %q", res.Status, res.Body)
			}
			p.expectClose(engineio.TransportClose)
			expectError(t, c.Get(), 400, unknownSID)
		})
	})
	t.Run("poll that comes after", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			p.send("dropped")
			c.Post("1")
			p.expectClose(engineio.TransportClose)
			time.Sleep(time.Second - 1) // fake time
			expectPackets(t, c.Poll(), "6")
			expectError(t, c.Get(), 400, unknownSID)
		})
	})
	t.Run("no poll", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			c.Post("1")
			p.expectClose(engineio.TransportClose)
			time.Sleep(time.Second) // fake time
			synctest.Wait()
			expectError(t, c.Get(), 400, unknownSID)
			if a.server.Len() != 0 {
				t.Error("the session remains")
			}
		})
	})
}

// TestFail gives the reason and cause that it is called with, once, and closes as Close does.
func TestFail(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		cause := errors.New("cause")
		p.send("a")
		p.Fail(engineio.ParseError, cause)
		p.Session.Close()
		p.Fail(engineio.TransportError, nil)
		ws.Expect("4a")
		ws.ExpectClose()
		p.expectClose(engineio.ParseError)
		if !errors.Is(p.cause, cause) {
			t.Errorf("cause %v", p.cause)
		}
		if err := p.Send(0, text("x")); !errors.Is(err, engineio.ErrClosed) {
			t.Errorf("Send: %v", err)
		}
		var reason error = engineio.ParseError
		if reason.Error() != "parse error" {
			t.Errorf("as an error: %q", reason)
		}
	})
}

// TestShutdown flushes every kind of session and ends without waiting for time to pass.
func TestShutdown(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		c, q := a.polling()
		waiting, r := a.polling()
		answer := poll(waiting)
		_, up, u := a.upgraded()
		p.send("a")
		q.send("b")
		u.send("c")
		start := time.Now()
		done := make(chan error)
		go func() { done <- a.server.Shutdown(t.Context()) }() // ends when q's client polls
		synctest.Wait()
		for _, peer := range []*peer{p, q, r, u} {
			peer.expectClose(engineio.ServerShutdown)
		}
		ws.Expect("4a")
		ws.ExpectClose()
		up.Expect("4c")
		up.ExpectClose()
		if res := <-answer; res.Body != "1" {
			t.Errorf("the waiting poll got %q", res.Body)
		}
		expectRefusal(t, a)
		select {
		case err := <-done:
			t.Errorf("Shutdown returned %v before the last client was told", err)
		default:
		}
		expectPackets(t, c.Poll(), "4b")
		expectPackets(t, c.Poll(), "6", "1")
		if err := <-done; err != nil || time.Since(start) != 0 {
			t.Errorf("Shutdown: %v after %v", err, time.Since(start))
		}
		expectRefusal(t, a)
		if err := a.server.Shutdown(t.Context()); err != nil {
			t.Errorf("second Shutdown: %v", err)
		}
	})
}

// expectRefusal asks for new sessions of a server that shuts down.
func expectRefusal(t *testing.T, a *app) {
	t.Helper()
	expectError(t, a.Request(get, "EIO=4&transport=polling", ""), 503, shuttingDown)
	ws, res, err := a.DialWS("EIO=4&transport=websocket")
	if ws != nil || err != nil || res.StatusCode != 503 {
		t.Errorf("websocket: %v, %v", res, err)
	} else if body, _ := io.ReadAll(res.Body); string(body) != shuttingDown {
		t.Errorf("websocket: %q", body)
	}
	if len(a.peers) > 0 {
		t.Error("a session was made")
	}
}

// TestShutdownDeadline drops what clients have not fetched when the context ends.
func TestShutdownDeadline(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		_, q := a.webSocket()
		p.send("never polled")
		q.send(string(make([]byte, 900_000))) // never read
		q.send("x")
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		start := time.Now()
		if err := a.server.Shutdown(ctx); !errors.Is(err, context.DeadlineExceeded) || time.Since(start) != 3*time.Second {
			t.Errorf("Shutdown: %v after %v", err, time.Since(start))
		}
		p.expectClose(engineio.ServerShutdown)
		q.expectClose(engineio.ServerShutdown)
		if n := a.server.Len(); n != 0 {
			t.Errorf("%d sessions", n)
		}
		expectError(t, c.Get(), 400, unknownSID)
	})
}

// TestShutdownOfNothing has nothing to wait for.
func TestShutdownOfNothing(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.server.Shutdown(ctx); err != nil {
			t.Error(err)
		}
		expectRefusal(t, a)
	})
}

// TestShutdownDuringHandshake shuts down while a handshake is being decided.
func TestShutdownDuringHandshake(t *testing.T) {
	var a *app
	opts := &engineio.Options{AllowRequest: func(*http.Request) error { return a.server.Shutdown(context.Background()) }}
	for _, transport := range []string{"polling", "websocket"} {
		t.Run(transport, func(t *testing.T) {
			run(t, opts, func(t *testing.T, this *app) {
				a = this
				if transport == "polling" {
					expectError(t, a.Request(get, "EIO=4&transport=polling", ""), 503, shuttingDown)
				} else {
					ws := a.WS("EIO=4&transport=websocket") // too late for another answer
					if status := ws.ExpectClose(); status != 1005 {
						t.Errorf("close status %d", status)
					}
				}
				a.peer().expectClose(engineio.ServerShutdown)
			})
		})
	}
}

// TestServerClose drops what is queued, and answers whoever waits.
func TestServerClose(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		c, q := a.polling()
		waiting, _ := a.polling()
		answer := poll(waiting)
		probing, _ := a.polling()
		probe := probing.Upgrade()
		probe.Send("2probe")
		q.send("dropped")
		if err := a.server.Close(); err != nil {
			t.Error(err)
		}
		if n := a.server.Len(); n != 0 {
			t.Errorf("%d sessions", n)
		}
		p.expectClose(engineio.ServerShutdown)
		ws.ExpectClose()
		probe.ExpectClose()
		if res := <-answer; res.Body != "1" {
			t.Errorf("the waiting poll got %q", res.Body)
		}
		expectError(t, c.Get(), 400, unknownSID)
		expectRefusal(t, a)
	})
}

// TestCloseWithoutAnswer: a client that does not answer the close frame is not waited for longer than 5 s.
func TestCloseWithoutAnswer(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		ws, p := a.webSocket()
		before := goroutines()
		p.Session.Close()
		p.expectClose(engineio.ForcedClose)
		if a.server.Len() != 0 {
			t.Error("the session remains")
		}
		start := time.Now()
		if _, _, err := ws.Read(); !errors.As(err, new(wiretest.ErrClosed)) {
			t.Errorf("read %v", err)
		}
		if _, err := io.ReadAll(ws.Conn); err != nil {
			t.Errorf("read %v", err)
		}
		synctest.Wait()
		if d := time.Since(start); d != 5*time.Second || goroutines() >= before {
			t.Errorf("connection closed after %v, %d goroutines, before %d", d, goroutines(), before)
		}
	})
}
