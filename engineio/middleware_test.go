package engineio_test

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/internal/memnet"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// TestMiddlewares has two of them: they run in order for each request, by any transport, and what they set is sent.
func TestMiddlewares(t *testing.T) {
	var calls []string
	named := func(name string) func(http.Handler) http.Handler {
		return func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				calls = append(calls, name)
				w.Header().Add("X-Names", name)
				w.Header().Set("X-Frame-Options", "SAMEORIGIN") // as helmet's
				w.Header().Add("Set-Cookie", name+"=1")
				next.ServeHTTP(w, r)
			})
		}
	}
	chain := func(next http.Handler) http.Handler { return named("first")(named("second")(next)) }
	synctestServe(t, chain, func(t *testing.T, a *app) {
		expect := func(what string, h http.Header) {
			t.Helper()
			if got := strings.Join(calls, " "); got != "first second" {
				t.Errorf("%s: called %q", what, got)
			}
			calls = nil
			if got := strings.Join(h.Values("X-Names"), " "); got != "first second" ||
				h.Get("X-Frame-Options") != "SAMEORIGIN" || len(h.Values("Set-Cookie")) != 2 {
				t.Errorf("%s: header %v", what, h)
			}
		}
		res := a.Request(get, "EIO=4&transport=polling", "")
		expect("handshake", res.Header)
		c := &wiretest.Polling{Host: a.Host, SID: wiretest.SID(res.Body)}
		expect("POST", c.TryPost("4a").Header)
		expect("poll", c.Get().Header)
		_, wsRes, err := a.DialWS("EIO=4&transport=websocket&sid=" + c.SID)
		if err != nil || wsRes.StatusCode != 101 {
			t.Fatalf("upgrade: %v, %v", wsRes, err)
		}
		expect("upgrade", wsRes.Header)
		ws, wsRes, err := a.DialWS("EIO=4&transport=websocket")
		if err != nil || ws == nil {
			t.Fatalf("WebSocket: %v, %v", wsRes, err)
		}
		expect("WebSocket", wsRes.Header)
		ws.Text()
		ws.Send("4a")
		ws.Expect("4a")
		expect("refusal", a.Request(get, "EIO=4&transport=tobi", "").Header)
	})
}

// TestMiddlewareAnswers has one that ends requests itself.
func TestMiddlewareAnswers(t *testing.T) {
	for _, status := range []int{400, 401, 503} {
		busy := func(http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { http.Error(w, "not now", status) })
		}
		synctestServe(t, busy, func(t *testing.T, a *app) {
			if res := a.Request(get, "EIO=4&transport=polling", ""); res.Status != status || res.Body != "not now\n" {
				t.Errorf("polling: %d %q", res.Status, res.Body)
			}
			ws, res, err := a.DialWS("EIO=4&transport=websocket")
			if err != nil || ws != nil || res.StatusCode != status {
				t.Errorf("WebSocket: %v, %v", res, err)
			}
			if a.server.Len() != 0 || len(a.peers) > 0 {
				t.Error("a session was made")
			}
		})
	}
}

// TestMiddlewareContext: what a session middleware puts into the context, and the header of the client, stay with the
// session after its request.
func TestMiddlewareContext(t *testing.T) {
	type key struct{}
	user := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithCancel(context.WithValue(r.Context(), key{}, r.Header.Get("Cookie")))
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
	synctestServe(t, user, func(t *testing.T, a *app) {
		check := func(p *peer) {
			t.Helper()
			for _, ctx := range []context.Context{p.Context(), p.Request().Context()} {
				if ctx.Value(key{}) != "user=a" || ctx.Err() != nil {
					t.Errorf("%s: context has %v, %v", p.Transport(), ctx.Value(key{}), ctx.Err())
				}
			}
			if p.Request().Header.Get("X-Extra") != "more" {
				t.Errorf("header %v", p.Request().Header)
			}
		}
		header := []string{"Cookie", "user=a", "X-Extra", "more"}
		c := a.Polling(header...)
		p := a.peer()
		a.WebSocket(header...)
		synctest.Wait()
		check(a.peer())
		ws := a.WS("EIO=4&transport=websocket&sid="+c.SID, "Cookie", "user=b")
		ws.Send("2probe", "5")
		ws.Expect("3probe")
		synctest.Wait()
		check(p) // the handshake's
	})
}

// A gzipWriter compresses what is written, as the writers of compression middlewares do.
type gzipWriter struct {
	http.ResponseWriter
	gz *gzip.Writer
}

func (w *gzipWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *gzipWriter) Write(b []byte) (int, error) {
	if w.gz == nil {
		if w.Header().Get("Content-Encoding") != "" {
			return w.ResponseWriter.Write(b)
		}
		w.Header().Del("Content-Length")
		w.Header().Set("Content-Encoding", "gzip")
		w.gz = gzip.NewWriter(w.ResponseWriter)
	}
	return w.gz.Write(b)
}

func (w *gzipWriter) FlushError() error {
	if w.gz != nil {
		if err := w.gz.Flush(); err != nil {
			return err
		}
	}
	return http.NewResponseController(w.ResponseWriter).Flush()
}

func compressing(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		gw := &gzipWriter{ResponseWriter: w}
		next.ServeHTTP(gw, r)
		if gw.gz != nil {
			gw.gz.Close()
		}
	})
}

// TestCompressingMiddleware wraps the writer: what is compressed already is left alone, a WebSocket takes its
// connection, and deadlines get through.
func TestCompressingMiddleware(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, nil)
		l := memnet.Listen()
		a.Host = wiretest.ServeOn(t, path, l, l, &http.Server{
			Handler: compressing(a.server), ReadTimeout: time.Second, WriteTimeout: time.Second,
		})
		t.Cleanup(a.end)
		res := a.Request(get, "EIO=4&transport=polling", "", "Accept-Encoding", "gzip")
		open := decompress(t, res.Header.Get("Content-Encoding"), res.Body)
		p := a.peer()
		query := "EIO=4&transport=polling&sid=" + wiretest.SID(open)
		for _, size := range []int{10, 5000} { // compressed by the middleware, and by the server
			answer := make(chan wiretest.Answer, 1)
			go func() { answer <- a.Request(get, query, "", "Accept-Encoding", "gzip") }() // ends with the answer
			// longer than the timeouts
			time.Sleep(5 * time.Second) // fake time
			message := strings.Repeat("x", size)
			p.send(message)
			res := <-answer
			coding := res.Header.Values("Content-Encoding")
			if len(coding) != 1 || decompress(t, coding[0], res.Body) != "4"+message {
				t.Errorf("%d bytes: %v", size, res.Header)
			}
		}
		res = a.Request(post, query, "4a", "Accept-Encoding", "gzip")
		if decompress(t, res.Header.Get("Content-Encoding"), res.Body) != "ok" {
			t.Errorf("POST answered %d %q", res.Status, res.Body)
		}
		p.expect("a")
		ws, _ := a.webSocket()
		for range 3 {
			ws.Expect("2")
			ws.Send("3")
		}
		ws.Send("4a")
		ws.Expect("4a")
	})
}

// TestPanickingMiddleware: net/http recovers the panic, and no session is made.
func TestPanickingMiddleware(t *testing.T) {
	panicking := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("panic") != "" {
				panic("in a middleware")
			}
			next.ServeHTTP(w, r)
		})
	}
	synctestServe(t, panicking, func(t *testing.T, a *app) {
		a.Quiet()
		if res, err := a.Do(t.Context(), get, "EIO=4&transport=polling&panic=1", nil); err == nil {
			t.Errorf("polling: %d", res.Status)
		}
		if ws, res, err := a.DialWS("EIO=4&transport=websocket&panic=1"); err == nil {
			t.Errorf("WebSocket: %v, %v", ws, res)
		}
		if a.server.Len() != 0 {
			t.Error("a session was made")
		}
		c, p := a.polling()
		c.Post("4a")
		p.expect("a")
	})
}

// TestProxyWithoutWebSockets is behind a proxy that drops what it does not know: a client that tries a WebSocket goes
// on polling.
func TestProxyWithoutWebSockets(t *testing.T) {
	proxy := func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for _, name := range []string{"Connection", "Upgrade"} {
				r.Header.Del(name)
			}
			next.ServeHTTP(w, r)
		})
	}
	synctestServe(t, proxy, func(t *testing.T, a *app) {
		ws, res, err := a.DialWS("EIO=4&transport=websocket")
		if err != nil || ws != nil {
			t.Fatalf("accepted (%v)", err)
		}
		expectWSError(t, res, 400, badRequest)
		c, p := a.polling()
		ws, res, err = a.DialWS("EIO=4&transport=websocket&sid=" + c.SID)
		if err != nil || ws != nil {
			t.Fatalf("upgraded (%v)", err)
		}
		expectWSError(t, res, 400, badRequest)
		c.Post("4a")
		expectPackets(t, c.Poll(), "4a")
		p.expectOpen()
	})
}

// TestOtherEndpoints shares the HTTP server with other handlers, of which one takes its connections as a WebSocket
// does: each keeps its requests.
func TestOtherEndpoints(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, nil)
		mux := http.NewServeMux()
		mux.Handle(path, a.server)
		mux.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
			http.Error(w, "elsewhere", http.StatusNotImplemented)
		})
		mux.HandleFunc("/other", func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := http.NewResponseController(w).Hijack()
			if err != nil {
				t.Error(err)
				return
			}
			io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nmine")
			conn.Close()
		})
		a.Host = wiretest.Serve(t, path, mux)
		t.Cleanup(a.end)
		_, p := a.polling()
		a.webSocket()

		conn := a.Dial()
		io.WriteString(conn, "GET /other HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
		if b, _ := io.ReadAll(conn); !strings.HasSuffix(string(b), "\r\n\r\nmine") {
			t.Errorf("the other endpoint got %q", b)
		}
		other := *a.Host
		other.Path = "/nowhere"
		if res := other.Request(get, "", ""); res.Status != 501 || res.Body != "elsewhere\n" {
			t.Errorf("elsewhere: %d %q", res.Status, res.Body)
		}
		if ws, res, err := other.DialWS("EIO=4&transport=websocket"); err != nil || ws != nil || res.StatusCode != 501 {
			t.Errorf("elsewhere: %v, %v", res, err)
		}
		if a.server.Len() != 2 {
			t.Errorf("%d sessions", a.server.Len())
		}
		p.expectOpen()
	})
}
