package engineio_test

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

func TestOpenPacket(t *testing.T) {
	opts := &engineio.Options{PingInterval: 1500 * time.Millisecond, PingTimeout: 2 * time.Second, MaxPayload: 12345}
	for _, row := range []struct {
		name      string
		opts      *engineio.Options
		transport string
		want      string // after the sid
	}{
		{"polling, defaults", nil, "polling", `"upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`},
		{"websocket, defaults", nil, "websocket", `"upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}`},
		{"polling, configured", opts, "polling", `"upgrades":["websocket"],"pingInterval":1500,"pingTimeout":2000,"maxPayload":12345}`},
		{"websocket, configured", opts, "websocket", `"upgrades":[],"pingInterval":1500,"pingTimeout":2000,"maxPayload":12345}`},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, row.opts, func(t *testing.T, a *app) {
				var open string
				if row.transport == "polling" {
					res := a.Request(get, "EIO=4&transport=polling", "")
					if ct := res.Header.Get("Content-Type"); res.Status != 200 || ct != "text/plain; charset=UTF-8" {
						t.Errorf("status %d, Content-Type %q", res.Status, ct)
					}
					open = res.Body
				} else {
					_, open = a.WebSocket()
				}
				p := a.peer()
				if want := `0{"sid":"` + p.ID() + `",` + row.want; open != want {
					t.Errorf("open packet %q, want %q", open, want)
				}
				if !regexp.MustCompile(`^[\w-]{20}$`).MatchString(p.ID()) {
					t.Errorf("sid %q", p.ID())
				}
				if p.Transport() != row.transport || a.server.Len() != 1 {
					t.Errorf("transport %q, %d sessions", p.Transport(), a.server.Len())
				}
				if p.RemoteAddr() == "" || p.RemoteAddr() != p.Request().RemoteAddr {
					t.Errorf("remote address %q", p.RemoteAddr())
				}
			})
		})
	}
}

// TestSentAtOnce has messages that onSession sends: they follow the open packet, in the same answer.
func TestSentAtOnce(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		a.onOpen = func(p *peer) { p.send("a", "b") }
		res := a.Request(get, "EIO=4&transport=polling", "")
		if want := "\x1e4a\x1e4b"; !strings.HasPrefix(res.Body, "0{") || !strings.HasSuffix(res.Body, want) {
			t.Errorf("handshake answered %q", res.Body)
		}
		ws, _ := a.WebSocket()
		ws.Expect("4a", "4b")
	})
}

// TestMuchSentAtOnce sends more than MaxQueuedBytes before the client can read anything.
func TestMuchSentAtOnce(t *testing.T) {
	run(t, &engineio.Options{MaxQueuedBytes: 1000}, func(t *testing.T, a *app) {
		big := strings.Repeat("x", 3000)
		a.onOpen = func(p *peer) { p.send(big, "end") }
		ws, _ := a.WebSocket()
		ws.Expect("4"+big, "4end")
		a.peer().expectOpen()
	})
}

// TestClosedWhileOpening closes the session in onSession, in each way that a session ends from within.
func TestClosedWhileOpening(t *testing.T) {
	for _, transport := range []string{"polling", "websocket"} {
		t.Run(transport, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				a.onOpen = func(p *peer) {
					p.send("last")
					p.Fail(engineio.ParseError, errors.New("cause"))
					p.send("still possible")
				}
				if transport == "polling" {
					c := a.Polling()
					synctest.Wait()
					if res := c.Get(); res.Status == 200 && !strings.HasSuffix(res.Body, "\x1e1") {
						t.Errorf("polled %q", res.Body)
					}
				} else {
					ws, _ := a.WebSocket()
					ws.Expect("4last", "4still possible")
					if status := ws.ExpectClose(); status != 1005 {
						t.Errorf("close status %d", status)
					}
				}
				a.peer().expectClose(engineio.ParseError)
			})
		})
	}
}

// TestPanicWhileOpening shows that a connection is not forgotten when onSession panics.
func TestPanicWhileOpening(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		a.Host.Quiet()
		a.onOpen = func(p *peer) {
			p.Session.Close()
			panic("in onSession")
		}
		ws := a.WS("EIO=4&transport=websocket")
		if status := ws.ExpectClose(); status != 0 {
			t.Errorf("close status %d", status)
		}
		if _, err := a.Do(t.Context(), get, "EIO=4&transport=polling", nil); err == nil {
			t.Error("the handshake was answered")
		}
	})
}

func TestAllowRequest(t *testing.T) {
	for _, row := range []struct {
		name   string
		err    error
		status int
		body   string
	}{
		{"allowed", nil, 200, ""},
		{"refusal", &engineio.Refusal{Message: "say \"please\""}, 403, `{"code":4,"message":"say \"please\""}`},
		{"wrapped refusal", fmt.Errorf("no: %w", &engineio.Refusal{Message: "no"}), 403, `{"code":4,"message":"no"}`},
		{"other error", errors.New("password of the database is wrong"), 403, forbidden},
	} {
		t.Run(row.name, func(t *testing.T) {
			asked := 0
			opts := &engineio.Options{AllowRequest: func(r *http.Request) error {
				asked++
				if r.URL.Query().Get("token") != "x" {
					t.Error("not the handshake request")
				}
				// it may block
				time.Sleep(time.Second) // fake time
				return row.err
			}}
			run(t, opts, func(t *testing.T, a *app) {
				res := a.Request(get, "EIO=4&transport=polling&token=x", "")
				if row.err == nil {
					if res.Status != 200 {
						t.Errorf("status %d", res.Status)
					}
					a.Request(get, "EIO=4&transport=polling&sid=nope", "") // no handshake: not asked
				} else {
					expectError(t, res, row.status, row.body)
				}
				ws, wsRes, err := a.DialWS("EIO=4&transport=websocket&token=x")
				if err != nil || (ws != nil) != (row.err == nil) || ws == nil && wsRes.StatusCode != 403 {
					t.Errorf("websocket: %v, %v", wsRes, err)
				}
				if asked != 2 || (a.server.Len() > 0) != (row.err == nil) {
					t.Errorf("asked %d times, %d sessions", asked, a.server.Len())
				}
			})
		})
	}
}

func TestBindSession(t *testing.T) {
	opts := &engineio.Options{BindSession: func(r *http.Request) string { return r.Header.Get("Cookie") }}
	run(t, opts, func(t *testing.T, a *app) {
		c := a.Polling("Cookie", "user=a")
		p := a.peer()
		for _, cookie := range []string{"user=b", "", "user=A"} {
			expectError(t, a.Request(get, c.Query(), "", "Cookie", cookie), 403, forbidden)
			expectError(t, a.Request(post, c.Query(), "4stolen", "Cookie", cookie), 403, forbidden)
			ws, res, err := a.DialWS("EIO=4&transport=websocket&sid="+c.SID, "Cookie", cookie)
			if ws != nil || err != nil || res.StatusCode != 403 {
				t.Errorf("upgraded by %q: %v", cookie, err)
			}
		}
		if res := a.Request(post, c.Query(), "4mine", "Cookie", "user=a"); res.Status != 200 {
			t.Errorf("refused the owner: %d", res.Status)
		}
		if res := a.Request(get, c.Query(), "", "Cookie", "user=a"); res.Body != "4mine" {
			t.Errorf("polled %q", res.Body)
		}
		p.expect("mine")
	})
}

// TestRequest compares Session.Request with what the handler chain was given.
func TestRequest(t *testing.T) {
	type key struct{}
	original := httptest.NewRequest(get, "/engine.io/?EIO=4&transport=polling&a=b%20c&a=d&utf8=%C3%A9", http.NoBody)
	original.Host = "app.example:3000"
	original.RemoteAddr = "192.0.2.7:1234"
	original.Header = http.Header{
		"Accept":  {"text/plain", "*/*"},
		"X-Empty": {""},
		"X-Odd":   {"a\tb: c, d"},
		"Cookie":  {"a=b; c=d"},
	}
	original.TLS = &tls.ConnectionState{Version: tls.VersionTLS13, ServerName: "app.example"}
	ctx, cancel := context.WithCancel(context.WithValue(t.Context(), key{}, "value"))
	original = original.WithContext(ctx)

	var session *engineio.Session
	srv := engineio.NewServer(nil, func(s *engineio.Session) engineio.Handler {
		session = s
		return &peer{app: &app{onMessage: ignore}, done: make(chan struct{})}
	})
	srv.ServeHTTP(httptest.NewRecorder(), original)
	defer srv.Close()
	cancel()

	got := session.Request()
	for _, row := range []struct {
		name      string
		got, want any
	}{
		{"method", got.Method, original.Method},
		{"URL", got.URL, original.URL},
		{"query", got.URL.Query(), original.URL.Query()},
		{"RequestURI", got.RequestURI, original.RequestURI},
		{"protocol", []any{got.Proto, got.ProtoMajor, got.ProtoMinor}, []any{original.Proto, original.ProtoMajor, original.ProtoMinor}},
		{"host", got.Host, original.Host},
		{"remote address", got.RemoteAddr, original.RemoteAddr},
		{"header", got.Header, original.Header},
		{"TLS", got.TLS, original.TLS},
		{"cookies", got.Cookies(), original.Cookies()},
		{"body", got.Body, http.NoBody},
		{"context value", got.Context().Value(key{}), "value"},
		{"context is not cancelled", got.Context().Err(), nil},
		{"Session.Context", session.Context().Value(key{}), "value"},
		{"Session.RemoteAddr", session.RemoteAddr(), original.RemoteAddr},
	} {
		if !reflect.DeepEqual(row.got, row.want) {
			t.Errorf("%s: %v, want %v", row.name, row.got, row.want)
		}
	}
	got.Header.Set("Accept", "changed")
	if session.Request().Header.Get("Accept") != "text/plain" {
		t.Error("the copies share their header")
	}
}

func TestNewServerNeedsAFunction(t *testing.T) {
	defer func() {
		if s, _ := recover().(string); !strings.HasPrefix(s, "engineio: the function given to NewServer is nil") {
			t.Errorf("panic %q", s)
		}
	}()
	engineio.NewServer(nil, nil)
}

func TestUnusableOptions(t *testing.T) {
	for _, row := range []struct {
		name string
		opts engineio.Options
		want string // part of the sentence
	}{
		{"negative interval", engineio.Options{PingInterval: -1}, "PingInterval is negative"},
		{"negative timeout", engineio.Options{PingTimeout: -1}, "PingTimeout is negative"},
		{"negative upgrade timeout", engineio.Options{UpgradeTimeout: -1}, "UpgradeTimeout is negative"},
		{"negative payload", engineio.Options{MaxPayload: -1}, "MaxPayload is negative"},
		{"negative packets", engineio.Options{MaxPackets: -1}, "MaxPackets is negative"},
		{"negative queue", engineio.Options{MaxQueuedBytes: -1}, "MaxQueuedBytes is negative"},
		{"negative preflight age", engineio.Options{CORS: engineio.CORS{MaxAge: -1}}, "CORS.MaxAge is negative"},
		{"negative preflight code", engineio.Options{CORS: engineio.CORS{PreflightCode: -1}}, "CORS.PreflightCode is negative"},
		{"preflight code that refuses", engineio.Options{CORS: engineio.CORS{PreflightCode: 404}}, "write 200"},
		{"preflight code that is none", engineio.Options{CORS: engineio.CORS{PreflightCode: 99}}, "write 200"},
		{"unknown policy", engineio.Options{SlowConsumer: 3}, "SlowConsumer is none of"},
		{"all origins with credentials", engineio.Options{Origins: []string{"*"}, CORS: engineio.CORS{Credentials: true}}, "list the origins"},
		{"threshold of no compression", engineio.Options{PerMessageDeflateThreshold: 1}, "set PerMessageDeflate"},
		{"null with credentials", engineio.Options{Origins: []string{"null"}, CORS: engineio.CORS{Credentials: true}}, "leave it out"},
		{"origin with a path", engineio.Options{Origins: []string{"https://a.example/"}}, `"https://a.example/" in Origins is not an origin`},
		{"origin without scheme", engineio.Options{Origins: []string{"a.example"}}, "is not an origin"},
		{"empty origin", engineio.Options{Origins: []string{""}}, "is not an origin"},
		{"wildcard in the middle", engineio.Options{Origins: []string{"https://a.*.example"}}, "is not an origin"},
		{"two wildcards", engineio.Options{Origins: []string{"https://*.*.example"}}, "is not an origin"},
		{"wildcard glued to a name", engineio.Options{Origins: []string{"https://*app.example"}}, "is not an origin"},
		{"no transports", engineio.Options{Transports: []string{}}, "Transports is empty"},
		{"unknown transport", engineio.Options{Transports: []string{"polling", "webtransport"}}, `"webtransport" in Transports is neither`},
		{"JSONP without its protocol", engineio.Options{AllowJSONP: true}, "set AllowEIO3, too"},
		{"negative threshold", engineio.Options{PerMessageDeflateThreshold: -1}, "PerMessageDeflateThreshold is negative"},
		{"cookie with a bad name", engineio.Options{Cookie: &http.Cookie{Name: "a b"}}, "Cookie: "},
		{"cookie with a bad path", engineio.Options{Cookie: &http.Cookie{Path: "/a;b"}}, "Cookie: "},
		{"proxy that is a name", engineio.Options{TrustedProxies: []string{"proxy.example"}}, `"proxy.example" in TrustedProxies is not a network`},
		{"empty proxy", engineio.Options{TrustedProxies: []string{""}}, "is not a network"},
		{"proxy with a port", engineio.Options{TrustedProxies: []string{"10.0.0.1:80"}}, "is not a network"},
		{"network too long", engineio.Options{TrustedProxies: []string{"10.0.0.0/33"}}, "is not a network"},
		{"mapped network", engineio.Options{TrustedProxies: []string{"::ffff:10.0.0.0/104"}}, "is not a network"},
	} {
		t.Run(row.name, func(t *testing.T) {
			defer func() {
				if s, _ := recover().(string); !strings.HasPrefix(s, "engineio: ") || !strings.Contains(s, row.want) {
					t.Errorf("panic %q, want %q", s, row.want)
				}
			}()
			engineio.NewServer(&row.opts, func(*engineio.Session) engineio.Handler { return nil })
			t.Error("no panic")
		})
	}
}

// TestPaths mounts the server with and without a trailing slash: the path is the mux's business.
func TestPaths(t *testing.T) {
	srv := engineio.NewServer(nil, func(s *engineio.Session) engineio.Handler {
		return &peer{Session: s, app: &app{onMessage: ignore}, done: make(chan struct{})}
	})
	defer srv.Close()
	mux := http.NewServeMux()
	mux.Handle("/engine.io/", srv)
	mux.Handle("/bare", srv)
	for _, p := range []string{"/engine.io/", "/engine.io/more", "/bare"} {
		w := httptest.NewRecorder()
		mux.ServeHTTP(w, httptest.NewRequest(get, p+"?EIO=4&transport=polling", http.NoBody))
		if w.Code != 200 || !strings.HasPrefix(w.Body.String(), "0{") {
			t.Errorf("%s: %d %q", p, w.Code, w.Body)
		}
	}
}

// TestHostileNames has parameters and header fields whose names mean something to JavaScript: they mean nothing here.
func TestHostileNames(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		const query = "EIO=4&transport=polling&__proto__=a&constructor=b&hasOwnProperty=c&__proto__[transport]=tobi&toString&=&%00=d"
		res := a.Request(get, query, "", "__proto__", "e", "constructor", "f", "toString", "g")
		if res.Status != 200 {
			t.Fatalf("answered %d %q", res.Status, res.Body)
		}
		r := a.peer().Request()
		if q := r.URL.Query(); q.Get("__proto__") != "a" || q.Get("constructor") != "b" || r.URL.RawQuery != query {
			t.Errorf("query %q", r.URL.RawQuery)
		}
		if r.Header.Get("Constructor") != "f" || r.Header.Get("Tostring") != "g" {
			t.Errorf("header %v", r.Header)
		}
	})
}

// TestRestart replaces the server: clients of the old one are told that it does not know them, and begin anew.
func TestRestart(t *testing.T) {
	var current atomic.Pointer[engineio.Server]
	handler := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { current.Load().ServeHTTP(w, r) })
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, nil)
		current.Store(a.server)
		a.Host = wiretest.Serve(t, path, handler)
		t.Cleanup(a.end)
		c, p := a.polling()
		ws, q := a.webSocket()
		waiting := poll(c)
		a.server.Close()
		if res := <-waiting; res.Body != "1" {
			t.Errorf("polled %q", res.Body)
		}
		ws.ExpectClose()
		p.expectClose(engineio.ServerShutdown)
		q.expectClose(engineio.ServerShutdown)

		b := newApp(t, nil)
		b.Host = a.Host
		current.Store(b.server)
		t.Cleanup(b.end)
		expectError(t, c.Get(), 400, unknownSID)
		expectError(t, c.TryPost("4a"), 400, unknownSID)
		c, p = b.polling()
		c.Post("4a")
		p.expect("a")
		ws, _ = b.webSocket()
		ws.Send("4b")
		ws.Expect("4b")
	})
}
