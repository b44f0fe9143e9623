package socketio_test

import (
	"context"
	"testing"

	"github.com/socketio-go/socketio"
)

// A recorder is an adapter around the local one, as that of a cluster is.
type recorder struct {
	*socketio.Local
	j *journal
}

func (r *recorder) Broadcast(p *socketio.Packet, to socketio.Target) error {
	r.j.add("broadcast to %v except %v, local %t, volatile %t", to.Rooms, to.Except, to.Local, to.Volatile)
	return r.Local.Broadcast(p, to)
}

func (r *recorder) FetchSockets(ctx context.Context, to socketio.Target) ([]*socketio.RemoteSocket, error) {
	r.j.add("fetch %v", to.Rooms)
	return r.Local.FetchSockets(ctx, to)
}

func (r *recorder) Close() error {
	r.j.add("closed %s", r.Namespace().Name())
	return r.Local.Close()
}

func TestNilAdapterPanics(t *testing.T) {
	text := panicText(func() {
		socketio.NewServer(&socketio.ServerOptions{Adapter: func(*socketio.Local) socketio.Adapter { return nil }})
	})
	equal(t, "panic", text, `socketio: Adapter has returned nil for namespace "/": return its *Local if it needs no other`)
}

// Whatever concerns several sockets goes through the adapter of the options.
func TestAdapter(t *testing.T) {
	bubble(t, "around the local one", func(t *testing.T) {
		var j journal
		a := serve(t, &socketio.ServerOptions{Adapter: func(l *socketio.Local) socketio.Adapter {
			j.add("adapter of %s", l.Namespace().Name())
			return &recorder{l, &j}
		}})
		a.Of("/x")
		j.expect(t, "adapter of /", "adapter of /x")
		c := a.connect()
		c.socket().Join("a")
		_ = a.To("a").Volatile().Emit("e", 1)
		c.Expect(`42["e",1]`)
		_ = c.socket().Local().Emit("others")
		sockets, err := a.In("a").FetchSockets(t.Context())
		isErr(t, "FetchSockets", err, nil)
		equal(t, "sockets", len(sockets), 1)
		j.expect(t, "broadcast to [a] except [], local false, volatile true",
			"broadcast to [] except ["+c.ids["/"]+"], local true, volatile false", "fetch [a]")
		_ = c.socket().Emit("to one") // does not
		c.Expect(`42["to one"]`)
		j.expect(t)
		isErr(t, "Close", a.Close(), nil)
		if got := j.take(); got != "closed /, closed /x" && got != "closed /x, closed /" {
			t.Errorf("happened: %s", got)
		}
	})
}
