package socketio

import (
	"context"
	"slices"
	"sync"
	"time"
)

// A Broadcast addresses sockets of a namespace: all of them, or those that its methods narrow it down to. It is a
// value: every method but those that act returns a narrower copy, so one can be kept and used again. Its methods may
// be called from any goroutine.
type Broadcast struct {
	namespace *Namespace
	target    Target
	timeout   time.Duration
}

// To addresses the sockets that are in any of the rooms, each once. A further call adds rooms.
func (b Broadcast) To(rooms ...string) Broadcast {
	b.target.Rooms = slices.Concat(b.target.Rooms, rooms)
	return b
}

// In is To.
func (b Broadcast) In(rooms ...string) Broadcast { return b.To(rooms...) }

// Except leaves out the sockets that are in any of the rooms. A further call adds rooms.
func (b Broadcast) Except(rooms ...string) Broadcast {
	b.target.Except = slices.Concat(b.target.Except, rooms)
	return b
}

// Local addresses sockets of this server only, not those of the cluster.
func (b Broadcast) Local() Broadcast {
	b.target.Local = true
	return b
}

// Volatile lets the event be dropped for clients to which it cannot be written at once; see [Emitter.Volatile].
func (b Broadcast) Volatile() Broadcast {
	b.target.Volatile = true
	return b
}

// Compress says whether events are compressed; see [Emitter.Compress].
func (b Broadcast) Compress(compress bool) Broadcast {
	b.target.Uncompressed = !compress
	return b
}

// Timeout makes EmitWithAck wait at most d, and then return ErrAckTimeout beside the answers so far.
func (b Broadcast) Timeout(d time.Duration) Broadcast {
	b.timeout = d
	return b
}

// Emit sends an event to the addressed sockets. It waits for none of them; the event is encoded once. It returns an
// error if it cannot be encoded, if its name is reserved, or if the cluster cannot be reached.
func (b Broadcast) Emit(event string, args ...any) error {
	p, err := newPacket(b.namespace, event, args, false)
	if err != nil {
		return err
	}
	return b.namespace.adapter.Broadcast(p, b.target)
}

// Send sends an event named "message".
func (b Broadcast) Send(args ...any) error { return b.Emit("message", args...) }

// EmitWithAck sends an event to the addressed sockets and waits for an acknowledgement of each, until ctx ends or the
// time given to Timeout is over. It returns the answers in the order of their arrival, also those that came before an
// error: ErrAckTimeout, that of ctx, or why a socket could not be asked or has not answered: ErrDisconnected,
// ErrDropped or ErrTooManyAcks.
func (b Broadcast) EmitWithAck(ctx context.Context, event string, args ...any) ([]Args, error) {
	p, err := newPacket(b.namespace, event, args, true)
	if err != nil {
		return nil, err
	}
	ctx, cancel := withTimeout(ctx, b.timeout)
	defer cancel()
	c := collector{expected: -1, done: make(chan struct{})}
	asked, err := b.namespace.adapter.BroadcastWithAck(ctx, p, b.target, c.answer)
	if err != nil {
		return c.result(err)
	}
	c.expect(asked)
	select {
	case <-c.done:
		return c.result(nil)
	case <-ctx.Done():
		return c.result(b.namespace.contextError(ctx, c.missing()))
	}
}

// A collector gathers the acknowledgements of a broadcast.
type collector struct {
	done chan struct{} // closed when all have answered

	mu sync.Mutex
	// Guarded by mu.
	answers  []Args
	failed   error
	seen     int
	expected int // -1: not known
	over     bool
}

func (c *collector) answer(a Args, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.over {
		return
	}
	if err == nil {
		c.answers = append(c.answers, a)
	} else {
		c.failed = err
	}
	c.seen++
	if c.seen == c.expected {
		close(c.done)
	}
}

func (c *collector) expect(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.expected = n
	if c.seen == n {
		close(c.done)
	}
}

// missing is how many have not answered.
func (c *collector) missing() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.expected - c.seen
}

func (c *collector) result(err error) ([]Args, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.over = true
	if err == nil {
		err = c.failed
	}
	return c.answers, err
}

// FetchSockets lists the addressed sockets, also those of other servers.
func (b Broadcast) FetchSockets(ctx context.Context) ([]*RemoteSocket, error) {
	return b.namespace.adapter.FetchSockets(ctx, b.target)
}

// SocketsJoin makes the addressed sockets join rooms.
func (b Broadcast) SocketsJoin(rooms ...string) error {
	return b.namespace.adapter.SocketsJoin(b.target, rooms)
}

// SocketsLeave makes the addressed sockets leave rooms.
func (b Broadcast) SocketsLeave(rooms ...string) error {
	return b.namespace.adapter.SocketsLeave(b.target, rooms)
}

// DisconnectSockets disconnects the addressed sockets from the namespace or, if closeConn is true, from all, and
// closes their connections.
func (b Broadcast) DisconnectSockets(closeConn bool) error {
	return b.namespace.adapter.DisconnectSockets(b.target, closeConn)
}
