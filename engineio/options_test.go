package engineio_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// TestTransports: what is not enabled is unknown, and not offered.
func TestTransports(t *testing.T) {
	for _, row := range []struct {
		name               string
		opts               engineio.Options
		polling, webSocket bool
		upgrades           string
	}{
		{"default", engineio.Options{}, true, true, `"upgrades":["websocket"]`},
		{"both", engineio.Options{Transports: []string{"websocket", "polling"}}, true, true, `"upgrades":["websocket"]`},
		{"polling", engineio.Options{Transports: []string{"polling"}}, true, false, `"upgrades":[],`},
		{"WebSocket", engineio.Options{Transports: []string{"websocket"}}, false, true, ""},
		{"no upgrade", engineio.Options{NoUpgrade: true}, true, true, `"upgrades":[],`},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, &row.opts, func(t *testing.T, a *app) {
				res := a.Request(get, "EIO=4&transport=polling", "")
				if !row.polling {
					expectError(t, res, 400, unknownTransport)
				} else if res.Status != 200 || !strings.Contains(res.Body, row.upgrades) {
					t.Errorf("answered %d %q", res.Status, res.Body)
				}
				ws, wsRes, err := a.DialWS("EIO=4&transport=websocket")
				if err != nil || (ws != nil) != row.webSocket {
					t.Fatalf("websocket: %v, %v", wsRes, err)
				}
				if ws == nil {
					expectWSError(t, wsRes, 400, unknownTransport)
					return
				}
				if open := ws.Text(); !strings.Contains(open, `"upgrades":[],`) {
					t.Errorf("open packet %q", open)
				}
			})
		})
	}
}

// TestNoUpgrade asks for an upgrade although none was offered. The session goes on.
func TestNoUpgrade(t *testing.T) {
	for _, row := range []struct {
		name string
		opts engineio.Options
		body string
	}{
		{"no upgrade", engineio.Options{NoUpgrade: true}, badRequest},
		{"polling only", engineio.Options{Transports: []string{"polling"}}, unknownTransport},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, &row.opts, func(t *testing.T, a *app) {
				c, p := a.polling()
				ws, res, err := a.DialWS("EIO=4&transport=websocket&sid=" + c.SID)
				if err != nil || ws != nil {
					t.Fatalf("upgraded: %v", err)
				}
				expectWSError(t, res, 400, row.body)
				answer := poll(c)
				time.Sleep(time.Second) // fake time
				p.send("a")
				if res := <-answer; res.Body != "4a" { // no noop: no upgrade is under way
					t.Errorf("polled %q", res.Body)
				}
				p.expectOpen()
			})
		})
	}
}

// TestOptionsAreCopied changes them after NewServer.
func TestOptionsAreCopied(t *testing.T) {
	opts := &engineio.Options{Transports: []string{"polling"}, Cookie: &http.Cookie{}, Origins: []string{"https://a.example"}}
	run(t, opts, func(t *testing.T, a *app) {
		opts.Transports[0], opts.Cookie.Name, opts.Origins[0] = "websocket", "other", "https://b.example"
		res := a.Request(get, "EIO=4&transport=polling", "", "Origin", "https://a.example")
		if res.Status != 200 || !strings.HasPrefix(res.Header.Get("Set-Cookie"), "io=") {
			t.Errorf("answered %d %q %v", res.Status, res.Body, res.Header)
		}
	})
}

func TestCookie(t *testing.T) {
	for _, row := range []struct {
		name     string
		template *http.Cookie
		want     string // SID stands for the session's id
	}{
		{"none by default", nil, ""},
		{"default", &http.Cookie{}, "io=SID; Path=/; HttpOnly; SameSite=Lax"},
		{"name", &http.Cookie{Name: "woot"}, "woot=SID; Path=/; HttpOnly; SameSite=Lax"},
		{"value is not taken", &http.Cookie{Value: "x"}, "io=SID; Path=/; HttpOnly; SameSite=Lax"},
		{"path", &http.Cookie{Path: "/custom", HttpOnly: true, SameSite: http.SameSiteLaxMode}, "io=SID; Path=/custom; HttpOnly; SameSite=Lax"},
		{"no path", &http.Cookie{HttpOnly: true, SameSite: http.SameSiteLaxMode}, "io=SID; HttpOnly; SameSite=Lax"},
		{"not HttpOnly", &http.Cookie{Path: "/", SameSite: http.SameSiteLaxMode}, "io=SID; Path=/; SameSite=Lax"},
		{"SameSite strict", &http.Cookie{Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode}, "io=SID; Path=/; HttpOnly; SameSite=Strict"},
		{"nothing but the value", &http.Cookie{SameSite: http.SameSiteDefaultMode}, "io=SID"},
		{"all else", &http.Cookie{Domain: "app.example", MaxAge: 60, Secure: true, Path: "/"}, "io=SID; Path=/; Domain=app.example; Max-Age=60; Secure"},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, &engineio.Options{Cookie: row.template}, func(t *testing.T, a *app) {
				expect := func(h http.Header, p *peer) {
					t.Helper()
					want := []string{strings.Replace(row.want, "SID", p.ID(), 1)}
					if row.want == "" {
						want = nil
					}
					if got := h.Values("Set-Cookie"); strings.Join(got, "|") != strings.Join(want, "|") {
						t.Errorf("%q, want %q", got, want)
					}
				}
				expect(a.Request(get, "EIO=4&transport=polling", "").Header, a.peer())
				_, res, err := a.DialWS("EIO=4&transport=websocket")
				if err != nil {
					t.Fatal(err)
				}
				expect(res.Header, a.peer())

				c, p := a.polling() // once per session
				p.send("a")
				_, res, err = a.DialWS("EIO=4&transport=websocket&sid=" + c.SID)
				if err != nil || res.StatusCode != 101 {
					t.Fatalf("upgrade: %v, %v", res, err)
				}
				for _, h := range []http.Header{c.Get().Header, c.TryPost("4a").Header, res.Header} {
					if h.Get("Set-Cookie") != "" {
						t.Errorf("set again: %v", h)
					}
				}
			})
		})
	}
}

// TestRefusedGetNoCookie: a handshake that fails sets none, on any transport.
func TestRefusedGetNoCookie(t *testing.T) {
	run(t, &engineio.Options{Cookie: &http.Cookie{}}, func(t *testing.T, a *app) {
		if res := a.Request(get, "EIO=9&transport=polling", ""); res.Header.Get("Set-Cookie") != "" {
			t.Errorf("polling: %v", res.Header)
		}
		_, res, err := a.DialWS("EIO=4&transport=websocket", "Sec-WebSocket-Key", "two keys")
		if err != nil || res.StatusCode != 400 || res.Header.Get("Set-Cookie") != "" {
			t.Errorf("WebSocket: %v, %v", res, err)
		}
	})
}
