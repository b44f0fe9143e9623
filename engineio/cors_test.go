package engineio_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// TestOriginsBehindProxies: the scheme of a page is compared with that of the connection to the trusted proxy.
func TestOriginsBehindProxies(t *testing.T) {
	for _, row := range []struct {
		name, peer, proto string
		tls               bool // from the proxy to the server
		origin            string
		ok                bool
	}{
		{"TLS", "10.0.0.1:1", "https", false, "https://app.example", true},
		{"plain page on TLS", "10.0.0.1:1", "https", false, "http://app.example", false},
		{"plain", "10.0.0.1:1", "http", false, "http://app.example", true},
		{"TLS behind the proxy only", "10.0.0.1:1", "http", true, "http://app.example", true},
		{"proxy that says nothing", "10.0.0.1:1", "", false, "http://app.example", true},
		{"TLS before a proxy that does not know", "10.0.0.1:1", "http", false, "https://app.example", true},
		{"a stranger's header", "203.0.113.5:1", "https", false, "http://app.example", true},
		{"a stranger's header on TLS", "203.0.113.5:1", "http", true, "http://app.example", false},
	} {
		t.Run(row.name, func(t *testing.T) {
			srv := engineio.NewServer(&engineio.Options{TrustedProxies: []string{"10.0.0.0/8"}}, func(*engineio.Session) engineio.Handler { return nil })
			r := httptest.NewRequest(http.MethodOptions, "/engine.io/", http.NoBody)
			r.Host, r.RemoteAddr = "app.example", row.peer
			r.Header.Set("Origin", row.origin)
			r.Header.Set("Access-Control-Request-Method", post)
			if row.proto != "" {
				r.Header.Set("X-Forwarded-Proto", row.proto)
			}
			if row.tls {
				r.TLS = &tls.ConnectionState{}
			}
			w := httptest.NewRecorder()
			srv.ServeHTTP(w, r)
			if ok := w.Code == http.StatusNoContent; ok != row.ok {
				t.Errorf("status %d", w.Code)
			}
		})
	}
}

// TestOrigins asks for a session from pages of many origins. The server is app.example.
func TestOrigins(t *testing.T) {
	list := func(s ...string) []string { return s }
	for _, row := range []struct {
		name    string
		allowed []string
		origin  []string // Origin headers
		host    string   // of the request, if not app.example
		tls     bool
		ok      bool
		cors    string // Access-Control-Allow-Origin
	}{
		{"no header", nil, nil, "", false, true, ""},
		{"same", nil, list("http://app.example"), "", false, true, ""},
		{"same, default port", nil, list("http://app.example:80"), "", false, true, ""},
		{"same, port", nil, list("http://app.example:3000"), "app.example:3000", false, true, ""},
		{"same, other case", nil, list("http://APP.example"), "", false, true, ""},
		{"same, TLS", nil, list("https://app.example"), "", true, true, ""},
		{"same, TLS, other case and port", nil, list("https://APP.example:443"), "", true, true, ""},
		{"same, TLS ended by a proxy", nil, list("https://app.example"), "", false, true, ""},
		{"same, IPv6", nil, list("http://[::1]:3000"), "[::1]:3000", false, true, ""},
		{"plain page on TLS", nil, list("http://app.example"), "", true, false, ""},
		{"other port", nil, list("http://app.example:3000"), "", false, false, ""},
		{"other host", nil, list("https://evil.example"), "", false, false, ""},
		{"host as a prefix", nil, list("https://app.example.evil.com"), "", false, false, ""},
		{"host as a suffix", nil, list("https://evilapp.example"), "", false, false, ""},
		{"host as user", nil, list("https://app.example@evil.example"), "", false, false, ""},
		{"null", nil, list("null"), "", false, false, ""},
		{"empty", nil, list(""), "", false, false, ""},
		{"no scheme", nil, list("app.example"), "", false, false, ""},
		{"other scheme", nil, list("ftp://app.example"), "", false, false, ""},
		{"path", nil, list("http://app.example/"), "", false, false, ""},
		{"two headers", nil, list("http://app.example", "http://app.example"), "", false, false, ""},

		{"listed", list("https://a.example"), list("https://a.example"), "", false, true, "https://a.example"},
		{"listed, other case", list("https://A.example:443"), list("https://a.EXAMPLE"), "", false, true, "https://a.EXAMPLE"},
		{"listed with other scheme", list("https://a.example"), list("http://a.example"), "", false, false, ""},
		{"listed with other port", list("https://a.example"), list("https://a.example:444"), "", false, false, ""},
		{"own, not listed", list("https://a.example"), list("http://app.example"), "", false, true, ""},
		{"null listed", list("null"), list("null"), "", false, true, "null"},
		{"subdomain", list("https://*.app.example"), list("https://x.app.example"), "", false, true, "https://x.app.example"},
		{"deep subdomain", list("https://*.app.example"), list("https://y.x.app.example"), "", false, true, "https://y.x.app.example"},
		{"subdomain, other scheme", list("https://*.app.example"), list("http://x.app.example"), "", false, false, ""},
		{"subdomain, any web scheme", list("*.app.example"), list("http://x.app.example"), "", false, true, "http://x.app.example"},
		{"subdomain, no web scheme", list("*.app.example"), list("ftp://x.app.example"), "", false, false, ""},
		{"not a subdomain", list("https://*.app.example"), list("https://evilapp.example"), "", false, false, ""},
		{"the domain itself", list("https://*.x.example"), list("https://x.example"), "", false, false, ""},
		{"empty subdomain", list("https://*.x.example"), list("https://.x.example"), "", false, false, ""},
		{"subdomain as a prefix", list("https://*.x.example"), list("https://a.x.example.evil.com"), "", false, false, ""},
		{"all", list("*"), list("https://evil.example"), "", false, true, "*"},
		{"all, null", list("*"), list("null"), "", false, true, "*"},
		{"all, own", list("*"), list("http://app.example"), "", false, true, ""},
		{"all, not an origin", list("*"), list("evil"), "", false, false, ""},
	} {
		for _, transport := range []string{"polling", "websocket"} {
			t.Run(row.name+" by "+transport, func(t *testing.T) {
				srv := engineio.NewServer(&engineio.Options{Origins: row.allowed}, func(s *engineio.Session) engineio.Handler {
					return &peer{Session: s, app: &app{onMessage: ignore}, done: make(chan struct{})}
				})
				defer srv.Close()
				r := httptest.NewRequest(get, "/engine.io/?EIO=4&transport="+transport, http.NoBody)
				r.Host = "app.example"
				if row.host != "" {
					r.Host = row.host
				}
				if row.tls {
					r.TLS = &tls.ConnectionState{}
				}
				for _, o := range row.origin {
					r.Header.Add("Origin", o)
				}
				want, body := 200, "0{"
				if transport == "websocket" {
					r.Header.Set("Connection", "Upgrade")
					r.Header.Set("Upgrade", "websocket")
					r.Header.Set("Sec-Websocket-Version", "13")
					r.Header.Set("Sec-Websocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
					want, body = 501, "" // a recorder is no connection: as far as this can get
				}
				if !row.ok {
					want, body = 403, forbidden
				}
				w := httptest.NewRecorder()
				srv.ServeHTTP(w, r)
				if w.Code != want || !strings.HasPrefix(w.Body.String(), body) {
					t.Errorf("answered %d %q, want %d", w.Code, w.Body, want)
				}
				h := w.Header()
				if got := h.Get("Access-Control-Allow-Origin"); got != row.cors {
					t.Errorf("Access-Control-Allow-Origin %q, want %q", got, row.cors)
				}
				for name := range h {
					if !row.ok && strings.HasPrefix(name, "Access-Control-") {
						t.Errorf("a refused origin got %s", name)
					}
				}
				if !slices.Contains(h.Values("Vary"), "Origin") {
					t.Error("Vary: Origin is missing")
				}
			})
		}
	}
}

// TestForeignRequests shows that the origin counts for each request, not only for the handshake.
func TestForeignRequests(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		evil := []string{"Origin", "https://evil.example", "Content-Type", "text/plain"}
		c, p := a.polling()
		expectError(t, a.Request(post, c.Query(), "4forged", evil...), 403, forbidden)
		expectError(t, a.Request(get, c.Query(), "", evil...), 403, forbidden)
		for _, query := range []string{"EIO=4&transport=websocket", "EIO=4&transport=websocket&sid=" + c.SID} {
			ws, res, err := a.DialWS(query, evil...)
			if ws != nil || err != nil || res.StatusCode != 403 {
				t.Errorf("websocket: %v, %v", res, err)
			}
		}
		p.expect()
		p.expectOpen()
	})
}

// TestCORSHeaders compares the headers of a preflight and of the request that follows.
func TestCORSHeaders(t *testing.T) {
	origins := []string{"https://a.example"}
	full := engineio.CORS{
		Methods: []string{"GET", "POST"}, AllowedHeaders: []string{"X-A", "X-B"}, ExposedHeaders: []string{"X-C", "X-D"},
		Credentials: true, MaxAge: 90 * time.Second, PreflightCode: 200,
	}
	for _, row := range []struct {
		name, method, origin string
		cors                 engineio.CORS
		status               int
		want                 http.Header
	}{
		{"preflight, defaults", http.MethodOptions, "https://a.example", engineio.CORS{}, 204, http.Header{
			"Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Methods": {"GET,HEAD,PUT,PATCH,POST,DELETE"},
			"Access-Control-Allow-Headers": {"x-asked, x-too"}, "Vary": {"Origin", "Access-Control-Request-Headers"},
		}},
		{"preflight, all options", http.MethodOptions, "https://a.example", full, 200, http.Header{
			"Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Methods": {"GET,POST"},
			"Access-Control-Allow-Headers": {"X-A,X-B"}, "Access-Control-Expose-Headers": {"X-C,X-D"},
			"Access-Control-Allow-Credentials": {"true"}, "Access-Control-Max-Age": {"90"}, "Vary": {"Origin"},
		}},
		{"preflight, bad origin", http.MethodOptions, "https://evil.example", full, 403, http.Header{"Vary": {"Origin"}}},
		{"handshake, defaults", get, "https://a.example", engineio.CORS{}, 200, http.Header{
			"Access-Control-Allow-Origin": {"https://a.example"}, "Vary": {"Origin"},
		}},
		{"handshake, all options", get, "https://a.example", full, 200, http.Header{
			"Access-Control-Allow-Origin": {"https://a.example"}, "Access-Control-Allow-Credentials": {"true"},
			"Access-Control-Expose-Headers": {"X-C,X-D"}, "Vary": {"Origin"},
		}},
		{"handshake, bad origin", get, "https://evil.example", full, 403, http.Header{"Vary": {"Origin"}}},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, &engineio.Options{Origins: origins, CORS: row.cors}, func(t *testing.T, a *app) {
				header := []string{"Origin", row.origin}
				if row.method == http.MethodOptions {
					header = append(header, "Access-Control-Request-Method", "POST", "Access-Control-Request-Headers", "x-asked, x-too")
				}
				res := a.Request(row.method, "EIO=4&transport=polling", "", header...)
				if res.Status != row.status {
					t.Errorf("status %d", res.Status)
				}
				got := http.Header{}
				for name, values := range res.Header {
					if name == "Vary" || strings.HasPrefix(name, "Access-Control-") {
						got[name] = values
					}
				}
				if !equalHeaders(got, row.want) {
					t.Errorf("headers %v\nwant    %v", got, row.want)
				}
			})
		})
	}
}

func equalHeaders(a, b http.Header) bool {
	for name := range b {
		if !slices.Equal(a[name], b[name]) {
			return false
		}
	}
	return len(a) == len(b)
}

// TestCORSOfErrors: a page can read why its request was refused, and what a WebSocket answered.
func TestCORSOfErrors(t *testing.T) {
	run(t, &engineio.Options{Origins: []string{"https://a.example"}}, func(t *testing.T, a *app) {
		header := []string{"Origin", "https://a.example"}
		for _, query := range []string{"EIO=4&transport=websocket", "EIO=4&transport=polling&sid=nope"} {
			if res := a.Request(get, query, "", header...); res.Header.Get("Access-Control-Allow-Origin") != "https://a.example" {
				t.Errorf("%s: %v", query, res.Header)
			}
		}
		_, res, err := a.DialWS("EIO=4&transport=websocket", header...)
		if err != nil || res.StatusCode != 101 || res.Header.Get("Access-Control-Allow-Origin") != "https://a.example" {
			t.Errorf("websocket: %v, %v", res, err)
		}
	})
}
