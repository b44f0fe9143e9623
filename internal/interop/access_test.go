package interop

import (
	"errors"
	"net/http"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
)

// An outcome is what became of a client's attempt to connect.
type outcome struct {
	Status  int    `json:"status"`
	Message string `json:"message"` // "hi" from the connected server, or what the client is told with polling
}

// attempt lets a client with the given options connect to a server.
func attempt(t *testing.T, s *server, m mode, options map[string]any) outcome {
	t.Helper()
	var o outcome
	s.run(t, m, "access.attempt", map[string]any{"options": options}, &o)
	return o
}

var welcome = outcome{http.StatusOK, "hi"}

func handleHello(io *socketio.Server) {
	io.Handle("hello", func([]byte) string { return "hi" })
}

// refusal is what a client learns of an attempt that the server answers with 403.
func refusal(m mode, message string) outcome {
	if m.transports[0] == "websocket" {
		message = "" // WebSocket clients do not see the body
	}
	return outcome{http.StatusForbidden, message}
}

func TestOrigins(t *testing.T) {
	tests := []struct {
		name    string
		origins []string
		origin  string // "" is that of the server
		allowed bool
	}{
		{"same origin", nil, "", true},
		{"default", nil, "https://app.example", false},
		{"same host, other port", nil, "http://127.0.0.1:1", false},
		{"listed", []string{"https://app.example", "http://other.example:3000"}, "https://app.example", true},
		{"listed with port", []string{"https://app.example", "http://other.example:3000"}, "http://other.example:3000", true},
		{"own origin beside a list", []string{"https://app.example"}, "", true},
		{"not listed", []string{"https://app.example"}, "https://evil.example", false},
		{"listed with another scheme", []string{"https://app.example"}, "http://app.example", false},
		{"listed as a prefix", []string{"https://app.example"}, "https://app.example.evil.example", false},
		{"subdomain", []string{"https://*.app.example"}, "https://a.b.app.example", true},
		{"suffix that is no subdomain", []string{"https://*.app.example"}, "https://evilapp.example", false},
		{"any", []string{"*"}, "https://evil.example", true},
		{"null", nil, "null", false},
		{"null by any", []string{"*"}, "null", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				s := newServer(t, &socketio.ServerOptions{Origins: test.origins})
				handleHello(s.io)
				s.start(t)
				origin := test.origin
				if origin == "" {
					origin = s.url
				}
				got := attempt(t, s, m, map[string]any{"extraHeaders": map[string]string{"Origin": origin}})
				want := welcome
				if !test.allowed {
					want = refusal(m, "Forbidden")
				}
				if got != want {
					t.Errorf("with Origin %s: %+v, want %+v", origin, got, want)
				}
			})
		})
	}
}

func TestAllowRequest(t *testing.T) {
	s := newServer(t, &socketio.ServerOptions{AllowRequest: func(r *http.Request) error {
		switch r.Header.Get("X-Who") {
		case "friend":
			return nil
		case "stranger":
			return &engineio.Refusal{Message: "strangers \"wait\" outside"}
		default:
			return errors.New("no such user in db.internal")
		}
	}})
	handleHello(s.io)
	s.start(t)
	eachMode(t, func(t *testing.T, m mode) {
		for who, want := range map[string]outcome{
			"friend":   welcome,
			"stranger": refusal(m, "strangers \"wait\" outside"),
			"nobody":   refusal(m, "Forbidden"),
		} {
			got := attempt(t, s, m, map[string]any{"extraHeaders": map[string]string{"X-Who": who}})
			if got != want {
				t.Errorf("%s: %+v, want %+v", who, got, want)
			}
		}
	})
}

// TestPath mounts servers where clients with other options than the default ones look for them.
func TestPath(t *testing.T) {
	tests := []struct {
		name    string
		mount   func(mux *http.ServeMux, io http.Handler)
		options map[string]any
	}{
		{
			"no trailing slash",
			func(mux *http.ServeMux, io http.Handler) { mux.Handle("/socket.io", io) }, // beside /socket.io/
			map[string]any{"addTrailingSlash": false},
		},
		{
			"own path",
			func(mux *http.ServeMux, io http.Handler) { mux.Handle("/live/", io) },
			map[string]any{"path": "/live"}, // to which the client adds a slash
		},
		{
			"own path, no trailing slash",
			func(mux *http.ServeMux, io http.Handler) { mux.Handle("/live", io) },
			map[string]any{"path": "/live/", "addTrailingSlash": false}, // and takes it away
		},
		{
			"behind a prefix",
			func(mux *http.ServeMux, io http.Handler) {
				inner := http.NewServeMux()
				inner.Handle("/socket.io/", io)
				mux.Handle("/api/v1/", http.StripPrefix("/api/v1", inner))
			},
			map[string]any{"path": "/api/v1/socket.io/"},
		},
		{
			"all of a prefix",
			func(mux *http.ServeMux, io http.Handler) { mux.Handle("/live/", http.StripPrefix("/live", io)) },
			map[string]any{"path": "/live/"},
		},
		{
			"by method and host",
			func(mux *http.ServeMux, io http.Handler) {
				mux.Handle("GET 127.0.0.1/live/", io)
				mux.Handle("POST 127.0.0.1/live/", io)
			},
			map[string]any{"path": "/live/"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				s := newServer(t, nil)
				handleHello(s.io)
				test.mount(s.mux, s.io)
				s.start(t)
				if got := attempt(t, s, m, test.options); got != welcome {
					t.Errorf("with %v: %+v, want %+v", test.options, got, welcome)
				}
				if got := attempt(t, s, m, map[string]any{}); got != welcome { // at /socket.io/, as ever
					t.Errorf("with the default path: %+v, want %+v", got, welcome)
				}
			})
		})
	}
}
