package socketio_test

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser/msgpack"
)

func TestClientRecovers(t *testing.T) {
	t.Parallel()
	eachTransport(t, func(t *testing.T, opts *socketio.ClientOptions) {
		a := serve(t, &socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{MaxDisconnection: time.Minute}})
		a.OnConnection(func(s *socketio.Socket) {
			if !s.Recovered() {
				s.Join("room")
			}
		})
		g := a.guest("", opts)
		opts.Auth = map[string]any{"x": 1}
		g.On("news", func(text string) {
			if !g.Connected() || g.ID() == "" {
				t.Error("a handler found a client that is not connected")
			}
			g.story.add("news %s", text)
		})
		g.connect()
		id := g.ID()
		a.To("room").Emit("news", "a")
		g.story.want("news a")
		g.network.setDown(true)
		g.network.cut()
		wait(time.Second / 2)
		a.To("room").Emit("news", "b")
		a.To("room").Emit("news", "c")
		g.network.setDown(false)
		wait(5 * time.Second)
		g.story.want("disconnect transport close", "news b", "news c", "connect") // as the official client
		if !g.Recovered() || g.ID() != id {
			t.Errorf("recovered: %v, id %q, was %q", g.Recovered(), g.ID(), id)
		}

		g.network.setDown(true)
		g.network.cut()
		wait(10 * time.Minute)
		g.network.setDown(false)
		wait(time.Minute)
		if g.Recovered() || g.ID() == id || !g.Connected() {
			t.Errorf("after ten minutes: recovered: %v", g.Recovered())
		}
	})
}

func TestClientHandshake(t *testing.T) {
	t.Parallel()
	bubble(t, "headers, query, auth", func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{Parser: msgpack.Codec{}})
		var got socketio.Handshake
		a.OnConnection(func(s *socketio.Socket) { got = s.Handshake() })
		g := a.guest("?a=1&b=2", &socketio.ClientOptions{
			Header: http.Header{"X-Test": {"x", "y"}},
			Query:  url.Values{"b": {"3"}, "c": {"ü &"}},
			Auth:   struct{ Token string }{"secret"},
			Parser: msgpack.Codec{},
		})
		g.connect()
		var auth struct{ Token string }
		if err := got.ScanAuth(&auth); err != nil || auth.Token != "secret" {
			t.Errorf("auth: %s", got.Auth)
		}
		q := got.Query
		if q.Get("a") != "1" || q.Get("b") != "3" || q.Get("c") != "ü &" || !slices.Equal(got.Headers["X-Test"], []string{"x", "y"}) {
			t.Errorf("query %v, headers %v", q, got.Headers)
		}
	})
	bubble(t, "remembers that WebSocket works", func(t *testing.T) {
		a := serve(t, nil)
		var opened []string
		a.OnConnection(func(s *socketio.Socket) { opened = append(opened, s.Handshake().Query.Get("transport")) })
		g := a.guest("", &socketio.ClientOptions{RememberUpgrade: true})
		g.connect()
		wait(time.Second)
		g.network.cut()
		wait(time.Minute)
		if want := []string{"polling", "websocket"}; !slices.Equal(opened, want) {
			t.Errorf("the handshakes were by %q, want %q", opened, want)
		}
	})
}

func TestClientTyped(t *testing.T) {
	t.Parallel()
	bubble(t, "both ends", func(t *testing.T) {
		type point struct{ X, Y int }
		const moved socketio.Event[point] = "moved"
		const double socketio.Call[int, int] = "double"
		a := serve(t, nil)
		double.Handle(a.Server, func(_ *socketio.Socket, n int) (int, error) {
			if n < 0 {
				return 0, &socketio.AckError{Message: "negative"}
			}
			return 2 * n, nil
		})
		moved.Handle(a.Server, func(s *socketio.Socket, p point) { _ = moved.Emit(s, point{p.Y, p.X}) })
		answers := make(chan int, 1)
		a.OnConnection(func(s *socketio.Socket) {
			n, err := double.Do(s.Context(), s, 4)
			if err != nil {
				t.Error(err)
			}
			answers <- n
		})
		g := a.guest("", nil)
		moved.On(g.Client, func(p point) { g.story.add("moved %d %d", p.X, p.Y) })
		double.On(g, func(ctx context.Context, n int) (int, error) { return 2 * n, ctx.Err() })
		g.connect()
		if n := <-answers; n != 8 {
			t.Errorf("the client said %d", n)
		}
		if n, err := double.Do(t.Context(), g, 21); n != 42 || err != nil {
			t.Errorf("the server said %d, %v", n, err)
		}
		var failed *socketio.AckError
		if _, err := double.Do(t.Context(), g.Timeout(time.Second), -1); !errors.As(err, &failed) || failed.Message != "negative" {
			t.Errorf("the server said %v", err)
		}
		if err := moved.Emit(g, point{1, 2}); err != nil {
			t.Error(err)
		}
		g.story.want("moved 2 1")
	})
}
