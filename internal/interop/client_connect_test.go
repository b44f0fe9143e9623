package interop

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
)

func TestGoClientNamespaces(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		root := o.client(t, m, nil)
		a, b := root.of("/a"), root.of("/b")
		root.connect()
		a.connect()
		b.connect() // after the connection is established
		if n := askFor[int](b, "clients"); n != 1 {
			t.Errorf("%d connections for three namespaces", n)
		}
		if root.Conn() == nil || root.Conn() != a.Conn() {
			t.Error("they do not share a connection")
		}
		for _, c := range []*goClient{root, a, b} {
			if id := askFor[string](c, "id"); id != c.ID() {
				t.Errorf("%s: the server's id is %q, the client's %q", c.Namespace(), id, c.ID())
			}
		}
		got := make(chan string, 10)
		for _, c := range []*goClient{root, a, b} {
			c.On("echo", func(text string) { got <- c.Namespace() + text })
			c.Emit("echo", " "+c.Namespace())
			if text := receive(t, "echo", got); text != c.Namespace()+" "+c.Namespace() {
				t.Errorf("got %q", text)
			}
		}

		a.Disconnect()
		a.expect("disconnect: io client disconnect")
		o.waitFor(t, "disconnect", 1)
		if askFor[string](b, "id") == "" || !root.Connected() || a.Connected() || a.Active() || a.ID() != "" {
			t.Error("Disconnect should leave one namespace")
		}
		if _, err := a.EmitWithAck(t.Context(), "id"); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("EmitWithAck after Disconnect: %v", err)
		}
		a.connect()
		a.Emit("kick", false)
		a.expect("disconnect: io server disconnect")
		if askFor[int](root, "clients") != 1 || !b.Connected() {
			t.Error("the others should not have suffered")
		}

		// The last one closes the connection, another one opens it.
		root.Disconnect()
		b.Disconnect()
		if root.Conn() != nil {
			t.Error("there is a connection that nobody needs")
		}
		a.connect()
		if n := len(o.seen(t, "connect")); n != 5 {
			t.Errorf("the server has seen %d sockets, want 5", n)
		}
		// Two clients made by NewClient share nothing.
		other := o.client(t, m, nil)
		other.connect()
		if other.Conn() == a.Conn() || other.ID() == a.ID() {
			t.Error("two clients share a connection")
		}
	})
}

// TestGoClientKicked has the server disconnect the client in other ways than its socket does.
func TestGoClientKicked(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, nil)
		words := make(chan struct{}, 1)
		c.On("last words", func() { words <- struct{}{} })
		other := c.of("/a")
		for _, row := range []struct {
			event     string
			closeConn bool // which takes the other namespace with it
		}{{"kick", false}, {"kick all", false}, {"kick", true}, {"kick all", true}} {
			t.Run(row.event, func(t *testing.T) {
				c.connect()
				if !other.Connected() {
					other.connect()
				}
				ctx := c.Context()
				c.Emit(row.event, row.closeConn)
				c.expect("disconnect: io server disconnect")
				if row.event == "kick" {
					receive(t, "last words", words)
				}
				var reason socketio.DisconnectReason
				if cause := context.Cause(ctx); !errors.As(cause, &reason) || reason != socketio.IOServerDisconnect {
					t.Errorf("cause of the context: %v", cause)
				}
				if c.Active() || c.Connected() {
					t.Error("a client that was sent away should not come back")
				}
				if row.closeConn {
					other.expect("disconnect: io server disconnect")
				} else {
					askFor[string](other, "id")
				}
			})
		}
	})
}

func TestGoClientRefused(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		calls := 0
		root := o.client(t, m, nil)
		c := root.of("/guarded")
		for _, row := range []struct {
			name string
			auth any
			data any    // of the error
			want string // what the server sees
		}{
			{"nothing", nil, nil, "map[]"},
			{"a value", struct {
				Token string `json:"token"`
			}{"wrong"}, map[string]any{"code": 401.0, "why": []any{"wrong"}}, "map[token:wrong]"},
			{"a function", func(context.Context) (any, error) {
				calls++
				return map[string]any{"token": "old", "calls": calls}, nil
			}, map[string]any{"code": 401.0, "why": []any{"wrong"}}, "map[calls:1 token:old]"},
		} {
			t.Run(row.name, func(t *testing.T) {
				c.SetAuth(row.auth)
				err := c.tryConnect()
				var refused *socketio.ConnectError
				if !errors.As(err, &refused) || refused.Message != "not you" || !reflect.DeepEqual(refused.Data, row.data) {
					t.Fatalf("Connect: %#v", err)
				}
				c.expect("connect_error: not you")
				if !errors.As(c.LastError(), &refused) || c.Active() || c.Connected() {
					t.Error("a refused client should have given up:", c.LastError(), c.Active())
				}
				if seen := o.seen(t, "auth"); seen[len(seen)-1] != row.want {
					t.Errorf("the server got %q, want %q", seen[len(seen)-1], row.want)
				}
			})
		}
		root.connect()
		err := root.Of("/nowhere").Connect(t.Context())
		var refused *socketio.ConnectError
		if !errors.As(err, &refused) || refused.Message != "Invalid namespace" {
			t.Errorf("/nowhere: %v", err)
		}
		c.SetAuth(map[string]string{"token": "right"})
		c.connect()
		if !root.Connected() || askFor[int](root, "clients") != 1 {
			t.Error("a refused namespace should not take the others with it")
		}
	})
}

// TestGoClientAuthAgain calls the function for each connection.
func TestGoClientAuthAgain(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		calls := 0 // of one call at a time
		root := o.client(t, m, &socketio.ClientOptions{Auth: func(context.Context) (any, error) {
			if calls++; calls == 2 {
				return nil, errors.New("no token today")
			}
			return map[string]any{"token": "right", "calls": calls}, nil
		}})
		c := root.of("/guarded")
		c.connect()
		c.Emit("cut")
		c.until("disconnect: ")
		c.expect("connect_error: socketio: Auth: no token today", "connect")
		if got := o.seen(t, "auth"); !slices.Equal(got, []string{"map[calls:1 token:right]", "map[calls:3 token:right]"}) {
			t.Errorf("the server got %q", got)
		}
	})
}

func TestGoClientHandshake(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{Options: map[string]any{"path": "/my/path/"}})
		c := newGoClient(t, o.url+"/a?from=url&both=url", m, &socketio.ClientOptions{
			Path:   "/my/path/",
			Query:  url.Values{"a&b=c": {"ü &=#"}, "both": {"options"}},
			Header: http.Header{"X-Extra": {"one"}, "Authorization": {"Bearer x"}, "User-Agent": {"bot"}, "Host": {"other.example"}},
			Auth:   map[string]any{"name": "bob", "n": 1},
		})
		c.connect()
		c.settled()
		var h struct {
			Auth    map[string]any    `json:"auth"`
			Query   map[string]string `json:"query"`
			Headers map[string]string `json:"headers"`
		}
		c.ask([]any{&h}, "handshake")
		if !reflect.DeepEqual(h.Auth, map[string]any{"name": "bob", "n": 1.0}) {
			t.Errorf("auth: %v", h.Auth)
		}
		for name, want := range map[string]string{"from": "url", "a&b=c": "ü &=#", "both": "options", "EIO": "4"} {
			if h.Query[name] != want {
				t.Errorf("query: %s is %q, want %q", name, h.Query[name], want)
			}
		}
		for _, r := range o.requests(t) { // all of them
			for name, want := range map[string]string{
				"x-extra": "one", "authorization": "Bearer x", "user-agent": "bot", "host": "other.example",
			} {
				if r.Headers[name] != want {
					t.Errorf("%s by %s: header %s is %q, want %q", r.Method, r.Transport, name, r.Headers[name], want)
				}
			}
			if r.Path != "/my/path/" || r.Query["from"] != "url" {
				t.Errorf("%s by %s: %s with query %v", r.Method, r.Transport, r.Path, r.Query)
			}
		}
	})
}

func TestGoClientSubprotocols(t *testing.T) {
	for _, m := range modes[1:] {
		t.Run(m.name, func(t *testing.T) {
			o := newOfficial(t, officialSetup{})
			c := o.client(t, m, &socketio.ClientOptions{Subprotocols: []string{"first", "second"}})
			c.connect()
			c.settled()
			offered := ""
			for _, r := range o.requests(t) {
				if r.Transport == "websocket" {
					offered = r.Headers["sec-websocket-protocol"]
				}
			}
			if offered != "first, second" && offered != "first,second" {
				t.Errorf("the server was offered %q", offered)
			}
		})
	}
}

// TestGoClientCookies: those of the server's option cookie, and of a load balancer, come back with every request, also
// that for a WebSocket, and after the connection was lost.
func TestGoClientCookies(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{
			Options: map[string]any{"cookie": map[string]any{"name": "io", "path": "/", "httpOnly": true}},
			Sticky:  "lb=node1; Path=/",
		})
		c := o.client(t, m, nil)
		c.connect()
		c.settled()
		c.Emit("cut")
		c.until("connect")
		c.settled()
		first := true
		requests := o.requests(t)
		for _, r := range requests {
			if cookie := r.Headers["cookie"]; !first && !strings.Contains(cookie, "lb=node1") {
				t.Errorf("%s by %s (first of a connection: %v) has the cookies %q", r.Method, r.Transport, r.First, cookie)
			}
			first = false
		}
		if len(requests) < 2 {
			t.Errorf("%d requests", len(requests))
		}
	})
}

// TestGoClientTransports has the client remember the WebSocket, and try what is left.
func TestGoClientTransports(t *testing.T) {
	t.Run("RememberUpgrade", func(t *testing.T) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, modes[2], &socketio.ClientOptions{RememberUpgrade: true})
		c.connect()
		c.settled()
		c.Emit("cut")
		c.until("connect")
		last := ""
		for _, r := range o.requests(t) {
			if r.First {
				last = r.Transport
			}
		}
		if last != "websocket" {
			t.Errorf("it began with %q the second time", last)
		}
	})
	t.Run("NoUpgrade", func(t *testing.T) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, modes[2], &socketio.ClientOptions{NoUpgrade: true})
		c.connect()
		for range 20 {
			if got := askFor[string](c, "transport"); got != "polling" {
				t.Fatalf("the transport is %s", got)
			}
		}
		for _, r := range o.requests(t) {
			if r.Transport != "polling" {
				t.Errorf("a request by %s", r.Transport)
			}
		}
	})
	for _, row := range []struct {
		server string
		mode   mode
	}{
		{"polling", mode{"websocket first", []string{"websocket", "polling"}}},
		{"websocket", modes[2]},
	} {
		t.Run("TryAllTransports, "+row.mode.name, func(t *testing.T) {
			o := newOfficial(t, officialSetup{Options: map[string]any{"transports": []string{row.server}}})
			c := o.client(t, row.mode, &socketio.ClientOptions{TryAllTransports: true})
			c.connect()
			if got := askFor[string](c, "transport"); got != row.server {
				t.Errorf("the transport is %s", got)
			}
			refused := o.client(t, row.mode, &socketio.ClientOptions{NoReconnection: true})
			var err *engineio.HandshakeError
			if !errors.As(refused.tryConnect(), &err) || err.Status != http.StatusBadRequest {
				t.Errorf("without it: %v", refused.LastError())
			}
		})
	}
}

// TestGoClientNoAnswerToConnect: a server that does not answer the CONNECT closes the connection some time.
func TestGoClientNoAnswerToConnect(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{Options: map[string]any{"connectTimeout": 200}})
		root := o.client(t, m, nil)
		c := root.of("/never")
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := c.Connect(ctx); !errors.Is(err, context.DeadlineExceeded) || c.Active() {
			t.Errorf("Connect: %v, active: %v", err, c.Active())
		}
		var reason socketio.DisconnectReason
		err := c.tryConnect() // the server gives up first
		if !errors.As(err, &reason) || reason != socketio.TransportClose && reason != socketio.TransportError {
			t.Errorf("Connect: %v", err)
		}
		c.until("connect_error")
		if !c.Active() {
			t.Error("it should go on trying")
		}
		root.connect()
		if c.Connected() {
			t.Error("nobody has let it in")
		}
		// A connection that others use stays.
		c.Disconnect()
		if err := c.Connect(contextOf(t, 50*time.Millisecond)); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("beside another: %v", err)
		}
		askFor[string](root, "id")
	})
}

func contextOf(t *testing.T, d time.Duration) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), d)
	t.Cleanup(cancel)
	return ctx
}

// TestGoClientOldServer has a server answer as one of Socket.IO 2 does, without an id.
func TestGoClientOldServer(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := newServer(t, nil)
		s.mux.Handle("/old/", engineio.NewServer(nil, func(s *engineio.Session) engineio.Handler { return oldServer{s} }))
		s.start(t)
		c := newGoClient(t, s.url, m, &socketio.ClientOptions{Path: "/old/"})
		if err := c.tryConnect(); err == nil || !strings.Contains(err.Error(), "Socket.IO 2") {
			t.Errorf("Connect: %v", err)
		}
		c.until("connect_error: socketio: the server does not tell a socket id")
	})
}

// oldServer answers everything with a CONNECT that has nothing in it.
type oldServer struct{ session *engineio.Session }

func (o oldServer) Message([]byte, bool) {
	o.session.Send(0, engineio.TextMessage(append(make([]byte, engineio.Headroom), `0`...)))
}

func (oldServer) BatchDone()                        {}
func (oldServer) Close(engineio.CloseReason, error) {}
