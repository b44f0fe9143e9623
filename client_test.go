package socketio_test

import (
	"context"
	"crypto/tls"
	"errors"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
)

func TestClientTalks(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, nil)
		a.OnConnection(func(s *socketio.Socket) {
			s.On("echo", func(args ...any) []any { return args })
			s.On("add", func(x, y int) int { return x + y })
			s.On("fail", func() error { return &socketio.AckError{Message: "no", Data: 7} })
			s.On("hello", func(name string, file []byte) { s.Emit("hello back", name, file, "ü€😀") })
			s.On("ask me", func(ctx context.Context) (string, error) {
				answer, err := s.EmitWithAck(ctx, "name?", 1)
				var name string
				return name, errors.Join(err, answer.Scan(&name))
			})
		})
		g := a.guest("", opts)
		g.On("hello back", func(name string, file []byte, text string) {
			g.story.add("hello back %s %q %s", name, file, text)
		})
		g.On("name?", func(n int) string { return "bob" })
		g.connect()
		if g.ID() == "" || !g.Connected() || !g.Active() || g.Recovered() || g.Namespace() != "/" {
			t.Error("it is not as it should be once connected:", g.ID(), g.Connected(), g.Active(), g.Recovered())
		}

		if err := g.Emit("hello", "bob", []byte{0, 1, 0xff}); err != nil {
			t.Error(err)
		}
		g.story.want(`hello back bob "\x00\x01\xff" ü€😀`)

		answer, err := g.EmitWithAck(t.Context(), "add", 2, 3)
		var sum int
		if err := errors.Join(err, answer.Scan(&sum)); err != nil || sum != 5 {
			t.Errorf("add: %d, %v", sum, err)
		}
		if _, err := socketio.Call[struct{}, int]("fail").Do(t.Context(), g, struct{}{}); err == nil || err.Error() != "no" {
			t.Errorf("fail: %v", err)
		}
		answer, err = g.EmitWithAck(t.Context(), "ask me")
		if err != nil || answer.Len() != 1 {
			t.Errorf("ask me: %v, %v", answer, err)
		}
		big := strings.Repeat("x", 300_000)
		answer, err = g.EmitWithAck(t.Context(), "echo", big, nil, map[string]any{"file": []byte(big)})
		var list []any
		if err := errors.Join(err, answer.Scan(&list)); err != nil {
			t.Fatal(err)
		}
		if want := []any{big, nil, map[string]any{"file": []byte(big)}}; !reflect.DeepEqual(list, want) {
			t.Error("a large echo is not what was sent")
		}
	})
}

func TestClientOrder(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		const n = 2000
		a := serve(t, nil)
		var atServer, atClient []int
		a.OnConnection(func(s *socketio.Socket) {
			s.On("n", func(i int) {
				atServer = append(atServer, i)
				s.Emit("n", i)
			})
		})
		g := a.guest("", opts)
		g.On("n", func(i int) { atClient = append(atClient, i) })
		g.connect()
		want := make([]int, n)
		for i := range n {
			want[i] = i
			if err := g.Emit("n", i); err != nil {
				t.Fatal(err)
			}
			if i%100 == 0 {
				wait(time.Millisecond)
			}
		}
		wait(time.Second)
		if !slices.Equal(atServer, want) || !slices.Equal(atClient, want) {
			t.Errorf("the server got %d, the client %d of %d, or not in order", len(atServer), len(atClient), n)
		}
	})
}

func TestClientNamespaces(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, nil)
		for _, name := range []string{"/", "/admin", "/chat"} {
			a.Of(name).OnConnection(func(s *socketio.Socket) {
				s.On("where", func() string { return s.Namespace().Name() })
			})
		}
		g := a.guest("/admin", opts)
		if g.Of("/admin") != g.Client || g.Of("") != g.Of("/") || g.Of("chat") != g.Of("/chat") {
			t.Error("Of does not return the same client for the same name")
		}
		g.connect(g.Of("/"), g.Of("/chat"))
		for _, c := range []*socketio.Client{g.Client, g.Of("/"), g.Of("/chat")} {
			answer, err := c.EmitWithAck(t.Context(), "where")
			var name string
			if err := errors.Join(err, answer.Scan(&name)); err != nil || name != c.Namespace() {
				t.Errorf("%s: %q, %v", c.Namespace(), name, err)
			}
		}
		if g.Of("/").ID() == g.ID() {
			t.Error("two namespaces have the same id")
		}
		if g.Conn() == nil || g.Conn() != g.Of("/chat").Conn() {
			t.Error("they do not share a connection")
		}

		g.Disconnect()
		g.story.want("/admin disconnect io client disconnect")
		if !g.Of("/").Connected() || g.Connected() || g.Active() {
			t.Error("Disconnect should have left one namespace")
		}
		if n := len(slices.Collect(a.Of("/admin").Sockets())); n != 0 {
			t.Errorf("%d sockets left in /admin", n)
		}
		g.connect()
		g.Close()
		if g.Of("/").Active() || g.Of("/chat").Active() {
			t.Error("Close should have left all namespaces")
		}
	})
}

func TestClientRefused(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, nil)
		a.Use(func(s *socketio.Socket) error {
			var auth struct{ Token string }
			if err := s.Handshake().ScanAuth(&auth); err != nil || auth.Token != "secret" {
				return &socketio.ConnectError{Message: "not you", Data: map[string]any{"code": 42}}
			}
			return nil
		})
		opts.Auth = map[string]string{"Token": "wrong"}
		g := a.guest("", opts)
		err := g.Connect(t.Context())
		var refused *socketio.ConnectError
		if !errors.As(err, &refused) || refused.Message != "not you" ||
			!reflect.DeepEqual(refused.Data, map[string]any{"code": float64(42)}) {
			t.Fatalf("got %#v", err)
		}
		g.story.want("connect_error not you")
		if g.Active() || g.Connected() {
			t.Error("a refused client should not try again")
		}
		if err := g.Emit("x"); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("Emit: %v", err)
		}
		wait(time.Minute)
		if n := a.ConnectionCount(); n != 0 {
			t.Errorf("%d connections are left", n)
		}
		g.SetAuth(func(context.Context) (any, error) { return struct{ Token string }{"secret"}, nil })
		if err := g.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.story.want("connect")

		err = g.Of("/nowhere").Connect(t.Context())
		if err == nil || err.Error() != "Invalid namespace" {
			t.Errorf("/nowhere: %v", err)
		}
		if !g.Connected() {
			t.Error("a refused namespace should not take the others with it")
		}
	})
}

func TestClientAuth(t *testing.T) {
	t.Parallel()
	bubble(t, "called each time, and again when it fails", func(t *testing.T) {
		a := serve(t, nil)
		var got []string
		a.OnConnection(func(s *socketio.Socket) {
			var auth struct {
				N int `json:"n"`
			}
			_ = s.Handshake().ScanAuth(&auth)
			got = append(got, string(rune('0'+auth.N)))
		})
		n := 0
		g := a.guest("", &socketio.ClientOptions{Auth: func(context.Context) (any, error) {
			n++
			if n == 2 || n == 3 {
				return nil, errors.New("the token service is out")
			}
			return map[string]int{"n": n}, nil
		}})
		g.connect()
		g.network.cut()
		wait(10 * time.Second)
		g.story.want("disconnect transport close", "connect_error socketio: Auth: the token service is out",
			"connect_error socketio: Auth: the token service is out", "connect")
		if !slices.Equal(got, []string{"1", "4"}) {
			t.Errorf("the server got %q", got)
		}
	})
	bubble(t, "its context ends with the connection", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", &socketio.ClientOptions{Auth: func(ctx context.Context) (any, error) {
			<-ctx.Done()
			return nil, ctx.Err()
		}})
		go func() { _ = g.Connect(t.Context()) }() // ends with Close
		wait(time.Second)
		g.Close()
		g.story.want()
	})
	bubble(t, "no object", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", &socketio.ClientOptions{Auth: "secret"})
		if err := g.Connect(t.Context()); err == nil || !strings.Contains(err.Error(), "JSON object") {
			t.Errorf("got %v", err)
		}
		if g.Active() {
			t.Error("that will not become better")
		}
	})
	bubble(t, "a panic", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", &socketio.ClientOptions{
			NoReconnection: true,
			Auth:           func(context.Context) (any, error) { panic("oh") },
		})
		if err := g.Connect(t.Context()); err == nil || !strings.Contains(err.Error(), "oh") {
			t.Errorf("got %v", err)
		}
	})
}

func TestClientReconnects(t *testing.T) {
	t.Parallel()
	bubble(t, "at the times that the options say", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", &socketio.ClientOptions{ReconnectionAttempts: 5})
		start := time.Now()
		g.OnReconnectAttempt(func(n int) { g.story.add("attempt %d at %v", n, time.Since(start)) })
		g.OnReconnectError(func(error) { g.story.add("error") })
		g.OnReconnectFailed(func() { g.story.add("failed") })
		g.OnReconnect(func(n int) { g.story.add("reconnect %d", n) })
		g.network.setDown(true)
		if err := g.Connect(t.Context()); !errors.Is(err, errDown) {
			t.Errorf("Connect: %v", err)
		}
		if !g.Active() {
			t.Error("it should go on trying")
		}
		wait(time.Hour)
		const e = "connect_error the network is down"
		g.story.want(e, "attempt 1 at 1s", e, "error", "attempt 2 at 3s", e, "error", "attempt 3 at 7s", e, "error",
			"attempt 4 at 12s", e, "error", "attempt 5 at 17s", e, "error", "failed")
		if g.Active() {
			t.Error("it has given up, and is active")
		}

		g.network.setDown(false)
		g.connect()
		g.network.cut()
		wait(time.Minute)
		g.story.want("disconnect transport close", "attempt 1 at 1h0m1.1s", "reconnect 1", "connect")
		if err := g.LastError(); !errors.Is(err, socketio.TransportClose) && !errors.Is(err, socketio.TransportError) {
			t.Errorf("LastError: %v", g.LastError())
		}
	})
	bubble(t, "not if it shall not", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", &socketio.ClientOptions{NoReconnection: true})
		g.network.setDown(true)
		if err := g.Connect(t.Context()); !errors.Is(err, errDown) || g.Active() {
			t.Errorf("Connect: %v, active: %v", err, g.Active())
		}
		g.network.setDown(false)
		g.connect()
		g.network.cut()
		wait(time.Hour)
		g.story.want("disconnect transport close")
		if g.Active() || g.network.dials() > 10 {
			t.Error("it goes on")
		}
	})
	bubble(t, "all namespaces", func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/admin")
		g := a.guest("", nil)
		g.tellLife(g.Of("/admin"))
		g.connect(g.Of("/admin"))
		g.network.cut()
		wait(time.Minute)
		synctest.Wait()
		g.story.mu.Lock()
		slices.Sort(g.story.is) // each client has a goroutine of its own
		g.story.mu.Unlock()
		g.story.want("/admin connect", "/admin disconnect transport close", "connect", "disconnect transport close")
	})
}

func TestClientDisconnectedByServer(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, nil)
		a.Handle("kick", func(s *socketio.Socket, closeConn bool) {
			s.Emit("last words")
			s.Disconnect(closeConn)
		})
		g := a.guest("", opts)
		g.On("last words", func() { g.story.add("last words") })
		g.connect()
		ctx := g.Context()
		g.Emit("kick", false)
		g.story.want("last words", "disconnect io server disconnect")
		var reason socketio.DisconnectReason
		if !errors.As(context.Cause(ctx), &reason) || reason != socketio.IOServerDisconnect {
			t.Errorf("cause of the context: %v", context.Cause(ctx))
		}
		wait(time.Minute)
		if g.Active() || g.Connected() || a.ConnectionCount() != 0 {
			t.Error("it should stay away")
		}
		g.connect()
		g.Emit("kick", true)
		g.story.want("last words", "disconnect io server disconnect")
	})
}

func TestClientConnectContext(t *testing.T) {
	t.Parallel()
	bubble(t, "ends before the server answers", func(t *testing.T) {
		a := serve(t, nil)
		a.Use(func(s *socketio.Socket) error {
			<-s.Context().Done()
			return nil
		})
		g := a.guest("", nil)
		ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
		defer cancel()
		if err := g.Connect(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		wait(time.Minute)
		if g.Active() || a.ConnectionCount() != 0 {
			t.Error("nobody wants that connection")
		}
	})
	bubble(t, "ends while it reconnects by itself", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", nil)
		g.connect()
		g.network.setDown(true)
		g.network.cut()
		wait(time.Second / 2)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second/4)
		defer cancel()
		if err := g.Connect(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		if !g.Active() {
			t.Error("the client was active before, and should be")
		}
	})
	bubble(t, "has ended", func(t *testing.T) {
		ctx, cancel := context.WithCancelCause(t.Context())
		cancel(errDown)
		g := serve(t, nil).guest("", nil)
		if err := g.Connect(ctx); !errors.Is(err, errDown) || g.network.dials() != 0 {
			t.Errorf("got %v after %d dials", err, g.network.dials())
		}
	})
	bubble(t, "many wait", func(t *testing.T) {
		g := serve(t, nil).guest("", nil)
		errs := make(chan error)
		for range 10 {
			go func() { errs <- g.Connect(t.Context()) }() // ends when connected
		}
		for range 10 {
			if err := <-errs; err != nil {
				t.Error(err)
			}
		}
		if err := g.Connect(t.Context()); err != nil {
			t.Error(err)
		}
	})
	bubble(t, "Close meanwhile", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", nil)
		g.network.setDown(true)
		_ = g.Connect(t.Context())
		errs := make(chan error)
		go func() { errs <- g.Connect(t.Context()) }() // ends with Close
		synctest.Wait()
		g.Close()
		if err := <-errs; !errors.Is(err, socketio.ErrDisconnected) {
			t.Error(err)
		}
	})
}

func TestClientURL(t *testing.T) {
	t.Parallel()
	for _, row := range []struct{ url, want string }{
		{"localhost:3000", "http://"},
		{"", "http://"},
		{"ftp://host", "http://"},
		{"http://", "host"},
		{"http://host:port", "port"},
		{"http://host/socket.io/", "ClientOptions.Path"},
		{"http://user:secret@[::1", "socketio: "},
	} {
		c := socketio.NewClient(row.url, nil)
		err := c.Connect(t.Context())
		if err == nil || !strings.Contains(err.Error(), row.want) || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v, want something with %q", row.url, err, row.want)
		}
		if c.Active() {
			t.Errorf("%q: it is active", row.url)
		}
	}
}

func TestClientOptionMistakes(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]*socketio.ClientOptions{
		"ReconnectionDelay is negative":  {ReconnectionDelay: -1},
		"Retries is negative":            {Retries: -1},
		"ReconnectionFactor is 0.5":      {ReconnectionFactor: 0.5},
		"RandomizationFactor is 2":       {RandomizationFactor: 2},
		`Path is "socket.io": it begins`: {Path: "socket.io"},
		"Auth is a func() string":        {Auth: func() string { return "" }},
		"http.Transport of yours":        {HTTPClient: http.DefaultClient, TLS: &tls.Config{}}, //nolint:gosec // unused
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			defer func() {
				if text, _ := recover().(string); !strings.Contains(text, name) {
					t.Errorf("panicked with %q", text)
				}
			}()
			socketio.NewClient("http://host", opts)
		})
	}
}
