package socketio_test

import (
	"context"
	"encoding/json"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// lookingAuth is what Auth says, encoded by a method that looks at the client.
type lookingAuth struct{ client *socketio.Client }

func (l lookingAuth) MarshalJSON() ([]byte, error) {
	return json.Marshal(map[string]bool{"connected": l.client.Connected()})
}

func TestClientAuthDetails(t *testing.T) {
	t.Parallel()
	bubble(t, "encoded by a method that looks at the client", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", nil)
		g.SetAuth(lookingAuth{g.Client})
		g.connect()
		g.network.cut()
		wait(time.Minute)
		if !g.Connected() {
			t.Error("not connected again")
		}
	})
	bubble(t, "ends its goroutine", func(t *testing.T) {
		a := serve(t, nil)
		var n atomic.Int64
		g := a.guest("", &socketio.ClientOptions{Auth: func(context.Context) (any, error) {
			if n.Add(1) == 1 {
				runtime.Goexit()
			}
			return map[string]int{}, nil
		}})
		if err := g.Connect(t.Context()); err == nil {
			t.Error("Connect: nil")
		}
		wait(time.Minute)
		if !g.Connected() {
			t.Error("it does not try again")
		}
	})
	bubble(t, "calls Close", func(t *testing.T) {
		a := serve(t, nil)
		var g *guest
		g = a.guest("", &socketio.ClientOptions{Auth: func(context.Context) (any, error) {
			return nil, g.Close()
		}})
		if err := g.Connect(t.Context()); !errors.Is(err, socketio.ErrDisconnected) {
			t.Errorf("Connect: %v", err)
		}
		g.story.want()
	})
	bubble(t, "one attempt at a time", func(t *testing.T) {
		a := serve(t, nil)
		var n atomic.Int64
		g := a.guest("", nil)
		g.connect()
		c := g.Of("/x")
		c.SetAuth(func(context.Context) (any, error) {
			n.Add(1)
			return nil, errors.New("no")
		})
		for range 100 {
			_ = c.Connect(t.Context())
			c.Disconnect()
		}
		_ = c.Connect(t.Context())
		n.Store(0)
		wait(time.Minute)
		if n := n.Load(); n < 5 || n > 20 {
			t.Errorf("asked %d times in a minute", n)
		}
	})
}
