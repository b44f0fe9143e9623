package interop

import (
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/socketio-go/socketio"
)

// TestCookie: the session's cookie is set once, and comes back with each later request of a client that keeps cookies.
func TestCookie(t *testing.T) {
	setup := func(t *testing.T) (s *server, cookies func() []string) {
		var mu sync.Mutex
		var got []string // guarded by mu
		s = newServer(t, &socketio.ServerOptions{
			Cookie: &http.Cookie{Name: "node"},
			Headers: func(_ http.Header, r *http.Request) {
				mu.Lock()
				defer mu.Unlock()
				got = append(got, r.Header.Get("Cookie"))
			},
		})
		handleHello(s.io)
		s.start(t)
		return s, func() []string {
			mu.Lock()
			defer mu.Unlock()
			return slices.Clone(got)
		}
	}
	t.Run("set once", func(t *testing.T) {
		s, _ := setup(t)
		s.run(t, modes[0], "visits.cookie", nil, nil)
	})
	for _, m := range []mode{modes[0], modes[2]} {
		t.Run("comes back by "+m.name, func(t *testing.T) {
			s, cookies := setup(t)
			var sid string
			s.run(t, m, "visits.jar", nil, &sid)
			got := cookies()
			if len(got) < 3 || got[0] != "" {
				t.Fatalf("cookies of the requests: %q", got)
			}
			for _, c := range got[1:] {
				if c != "node="+sid {
					t.Errorf("a later request has the cookie %q, want that of session %s", c, sid)
				}
			}
		})
	}
}

// TestTrustedProxies: what a proxy says of the client counts if it is one of ours.
func TestTrustedProxies(t *testing.T) {
	type origin struct {
		Address string `json:"address"`
		Secure  bool   `json:"secure"`
	}
	spoofed := map[string]string{"X-Forwarded-For": "198.51.100.1, 203.0.113.7", "X-Forwarded-Proto": "https"}
	for _, row := range []struct {
		name    string
		trusted []string
		headers map[string]string
		want    origin
	}{
		{"nobody trusted", nil, spoofed, origin{"127.0.0.1", false}},
		{"another trusted", []string{"10.0.0.0/8"}, spoofed, origin{"127.0.0.1", false}},
		{"trusted", []string{"127.0.0.1"}, spoofed, origin{"203.0.113.7", true}},
		{"two trusted", []string{"127.0.0.0/8", "203.0.113.7"}, spoofed, origin{"198.51.100.1", true}},
		{"trusted, says nothing", []string{"127.0.0.1"}, map[string]string{}, origin{"127.0.0.1", false}},
	} {
		t.Run(row.name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				s := newServer(t, &socketio.ServerOptions{TrustedProxies: row.trusted})
				s.io.Handle("handshake", func(s *socketio.Socket) socketio.Handshake { return s.Handshake() })
				s.start(t)
				var got origin
				s.run(t, m, "visits.origin", map[string]any{"extraHeaders": row.headers}, &got)
				if got != row.want {
					t.Errorf("the handshake says %+v, want %+v", got, row.want)
				}
			})
		})
	}
}

// TestSocketIO2Refused: a client of Socket.IO 2 hears that it is not wanted, unless AllowEIO3 says that it is.
func TestSocketIO2Refused(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := newServer(t, nil)
		handleHello(s.io)
		s.start(t)
		var message string
		s.run(t, m, "legacy.refused", nil, &message)
		want := "xhr poll error"
		if m.transports[0] == "websocket" {
			want = "websocket error"
		}
		if !strings.Contains(message, want) {
			t.Errorf("the client hears %q, want %q", message, want)
		}
	})
}
