package engineio_test

import (
	"crypto/tls"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/socketio-go/socketio/engineio"
)

// TestAddress has chains of proxies, honest and not. Trusted are 10.0.0.0/8, 192.0.2.7 and fd00::/8.
func TestAddress(t *testing.T) {
	trusted := []string{"10.0.0.0/8", "192.0.2.7", "fd00::/8"}
	list := func(s ...string) []string { return s }
	for _, row := range []struct {
		name, peer string // peer: the connection's other end
		forwarded  []string
		want       string
	}{
		{"direct", "203.0.113.5:1234", nil, "203.0.113.5"},
		{"direct, IPv6", "[2001:db8::5]:1234", nil, "2001:db8::5"},
		{"direct, mapped IPv4", "[::ffff:203.0.113.5]:1234", nil, "203.0.113.5"},
		{"direct, zone", "[fe80::1%eth0]:1234", nil, "fe80::1"},
		{"direct, spoofed", "203.0.113.5:1234", list("198.51.100.1"), "203.0.113.5"},
		{"direct, spoofed proxy", "203.0.113.5:1234", list("198.51.100.1, 10.0.0.1"), "203.0.113.5"},
		{"Unix socket", "@", list("198.51.100.1"), "@"},
		{"no address", "", list("198.51.100.1"), ""},

		{"one proxy", "10.0.0.1:1234", list("203.0.113.5"), "203.0.113.5"},
		{"one proxy, single address", "192.0.2.7:1234", list("203.0.113.5"), "203.0.113.5"},
		{"neighbour of the single address", "192.0.2.8:1234", list("203.0.113.5"), "192.0.2.8"},
		{"one proxy, mapped", "[::ffff:10.0.0.1]:1234", list("203.0.113.5"), "203.0.113.5"},
		{"one proxy, IPv6", "[fd00::1]:1234", list("2001:db8::5"), "2001:db8::5"},
		{"proxy without header", "10.0.0.1:1234", nil, "10.0.0.1"},
		{"proxy with an empty header", "10.0.0.1:1234", list(""), "10.0.0.1"},
		{"spoofed prefix", "10.0.0.1:1234", list("198.51.100.1, 203.0.113.5"), "203.0.113.5"},
		{"spoofed with a trusted address", "10.0.0.1:1234", list("10.9.9.9, 203.0.113.5"), "203.0.113.5"},
		{"two proxies", "10.0.0.1:1234", list("203.0.113.5, 10.0.0.2"), "203.0.113.5"},
		{"two proxies, spoofed prefix", "10.0.0.1:1234", list("198.51.100.1,203.0.113.5,10.0.0.2"), "203.0.113.5"},
		{"unknown proxy between", "10.0.0.1:1234", list("203.0.113.5, 198.51.100.9, 10.0.0.2"), "198.51.100.9"},
		{"all trusted", "10.0.0.1:1234", list("10.0.0.3, 10.0.0.2"), "10.0.0.3"},
		{"several lines", "10.0.0.1:1234", list("198.51.100.1, 203.0.113.5", "10.0.0.3", "10.0.0.2"), "203.0.113.5"},
		{"several lines, spoofed first", "10.0.0.1:1234", list("198.51.100.1", "203.0.113.5"), "203.0.113.5"},

		{"port", "10.0.0.1:1234", list("203.0.113.5:4321"), "203.0.113.5"},
		{"IPv6 with port", "10.0.0.1:1234", list("[2001:db8::5]:4321"), "2001:db8::5"},
		{"IPv6 in brackets", "10.0.0.1:1234", list("[2001:db8::5]"), "2001:db8::5"},
		{"IPv6, long form", "10.0.0.1:1234", list("2001:0DB8:0:0:0:0:0:5"), "2001:db8::5"},
		{"mapped", "10.0.0.1:1234", list("::ffff:203.0.113.5"), "203.0.113.5"},
		{"mapped proxy", "10.0.0.1:1234", list("203.0.113.5, ::ffff:10.0.0.2"), "203.0.113.5"},
		{"zone", "10.0.0.1:1234", list("fe80::1%eth0"), "fe80::1"},
		{"spaces and tabs", "10.0.0.1:1234", list("  203.0.113.5\t,\t 10.0.0.2  "), "203.0.113.5"},

		// What is no address is not passed over: who stands before it is not known.
		{"garbage", "10.0.0.1:1234", list("garbage"), "10.0.0.1"},
		{"unknown", "10.0.0.1:1234", list("203.0.113.5, unknown"), "10.0.0.1"},
		{"garbage between", "10.0.0.1:1234", list("203.0.113.5, <script>, 10.0.0.2"), "10.0.0.2"},
		{"empty item", "10.0.0.1:1234", list("203.0.113.5, , 10.0.0.2"), "10.0.0.2"},
		{"trailing comma", "10.0.0.1:1234", list("203.0.113.5,"), "10.0.0.1"},
		{"octal", "10.0.0.1:1234", list("0203.0.0113.05"), "10.0.0.1"},
		{"number", "10.0.0.1:1234", list("3405803781"), "10.0.0.1"},
		{"host name", "10.0.0.1:1234", list("client.example"), "10.0.0.1"},
		{"path", "10.0.0.1:1234", list("203.0.113.5/8"), "10.0.0.1"},
		{"port only", "10.0.0.1:1234", list(":4321"), "10.0.0.1"},
		{"odd brackets", "10.0.0.1:1234", list("]2001:db8::5["), "10.0.0.1"},
		{"one bracket", "10.0.0.1:1234", list("[2001:db8::5"), "10.0.0.1"},
		{"many hops", "10.0.0.1:1234", list(strings.Repeat("10.0.0.2,", 1000) + "10.0.0.2"), "10.0.0.2"},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := httptest.NewRequest(get, "/engine.io/?EIO=4&transport=polling", http.NoBody)
			r.RemoteAddr = row.peer
			r.Header["X-Forwarded-For"] = row.forwarded
			s := sessionOf(t, &engineio.Options{TrustedProxies: trusted}, r)
			if got := s.Address(); got != row.want {
				t.Errorf("Address() = %q, want %q", got, row.want)
			}
			if s.RemoteAddr() != row.peer || s.Request().RemoteAddr != row.peer {
				t.Errorf("RemoteAddr() = %q, Request().RemoteAddr = %q", s.RemoteAddr(), s.Request().RemoteAddr)
			}
			if got := s.Request().Header.Values("X-Forwarded-For"); strings.Join(got, "|") != strings.Join(row.forwarded, "|") {
				t.Errorf("header %q", got)
			}
		})
	}
	t.Run("nobody is trusted by default", func(t *testing.T) {
		for _, peer := range []string{"127.0.0.1:1", "10.0.0.1:1", "[::1]:1"} {
			r := httptest.NewRequest(get, "/engine.io/?EIO=4&transport=polling", http.NoBody)
			r.RemoteAddr = peer
			r.Header.Set("X-Forwarded-For", "203.0.113.5")
			r.Header.Set("X-Forwarded-Proto", "https")
			if s := sessionOf(t, nil, r); s.Address() == "203.0.113.5" || s.Secure() {
				t.Errorf("%s: %q, secure: %v", peer, s.Address(), s.Secure())
			}
		}
	})
	t.Run("everybody is trusted", func(t *testing.T) {
		r := httptest.NewRequest(get, "/engine.io/?EIO=4&transport=polling", http.NoBody)
		r.Header.Set("X-Forwarded-For", "203.0.113.5, 2001:db8::5, 198.51.100.1")
		s := sessionOf(t, &engineio.Options{TrustedProxies: []string{"0.0.0.0/0", "::/0"}}, r)
		if s.Address() != "203.0.113.5" {
			t.Errorf("%q", s.Address())
		}
	})
}

func TestSecure(t *testing.T) {
	list := func(s ...string) []string { return s }
	for _, row := range []struct {
		name, peer string
		tls        bool
		proto      []string
		want       bool
	}{
		{"plain", "203.0.113.5:1", false, nil, false},
		{"TLS", "203.0.113.5:1", true, nil, true},
		{"spoofed", "203.0.113.5:1", false, list("https"), false},
		{"TLS, spoofed", "203.0.113.5:1", true, list("http"), true},
		{"TLS ends at the proxy", "10.0.0.1:1", false, list("https"), true},
		{"capitals", "10.0.0.1:1", false, list("HTTPS"), true},
		{"TLS to the proxy only", "10.0.0.1:1", true, list("http"), false},
		{"TLS to a proxy that says nothing", "10.0.0.1:1", true, nil, true},
		{"the nearest proxy counts", "10.0.0.1:1", false, list("https, http"), false},
		{"the nearest proxy counts, lines", "10.0.0.1:1", false, list("http", "https"), true},
		{"garbage", "10.0.0.1:1", false, list("httpss"), false},
		{"empty", "10.0.0.1:1", false, list(""), false},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := httptest.NewRequest(get, "/engine.io/?EIO=4&transport=polling", http.NoBody)
			r.RemoteAddr = row.peer
			r.Header["X-Forwarded-Proto"] = row.proto
			if row.tls {
				r.TLS = &tls.ConnectionState{}
			}
			s := sessionOf(t, &engineio.Options{TrustedProxies: []string{"10.0.0.0/8"}}, r)
			if s.Secure() != row.want {
				t.Errorf("Secure() = %v", s.Secure())
			}
		})
	}
}

// TestAddressByTransport: both transports know the client's address, also after an upgrade.
func TestAddressByTransport(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		_, p := a.polling()
		_, q := a.webSocket()
		_, _, u := a.upgraded()
		for _, p := range []*peer{p, q, u} {
			if p.RemoteAddr() == "" || p.Address() == "" || p.RemoteAddr() != p.Request().RemoteAddr {
				t.Errorf("%s: %q, %q", p.Transport(), p.RemoteAddr(), p.Address())
			}
		}
	})
}

// sessionOf makes the session that a handshake request opens.
func sessionOf(t *testing.T, opts *engineio.Options, r *http.Request) *engineio.Session {
	t.Helper()
	var session *engineio.Session
	srv := engineio.NewServer(opts, func(s *engineio.Session) engineio.Handler {
		session = s
		return &peer{app: &app{onMessage: ignore}, done: make(chan struct{})}
	})
	t.Cleanup(func() { srv.Close() })
	w := httptest.NewRecorder()
	srv.ServeHTTP(w, r)
	if session == nil {
		t.Fatalf("answered %d %q", w.Code, w.Body)
	}
	return session
}
