package socketio

import (
	"errors"
	"sync"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// unhandled counts what a connection has received and its handlers have not handled, for all its sockets, also those
// that have left: a client that leaves and joins again gains nothing.
type unhandled struct {
	mu sync.Mutex // after Socket.mu
	// Guarded by mu.
	bytes int
	space *sync.Cond // signalled when bytes falls; made when the reader waits
	ended bool       // the connection has
}

var errUnhandled = errors.New("socketio: MaxUnhandledBytes wait and the handlers make no progress")

// reserve counts an event of the given weight. It blocks while there is no room, but not for ever: if none is made for
// as long as a client may be silent, the connection is closed. It returns false if the connection has ended. Called by
// the reader.
func (c *conn) reserve(weight int) bool {
	u := &c.unhandled
	limit := c.server.opts.MaxUnhandledBytes
	u.mu.Lock()
	defer u.mu.Unlock()
	full := func() bool { return !u.ended && u.bytes > 0 && u.bytes+weight > limit }
	if full() {
		u.mu.Unlock()
		c.wake() // what has arrived in this batch may be what others wait for
		u.mu.Lock()
	}
	for full() {
		if u.space == nil {
			u.space = sync.NewCond(&u.mu)
		}
		patience := time.AfterFunc(c.server.opts.PingInterval+c.server.opts.PingTimeout, func() {
			c.session.Fail(engineio.CloseReason(HandlersTooSlow), errUnhandled)
		})
		u.space.Wait()
		patience.Stop()
	}
	u.bytes += weight
	return !u.ended
}

// release makes room.
func (c *conn) release(weight int) {
	u := &c.unhandled
	u.mu.Lock()
	defer u.mu.Unlock()
	u.bytes -= weight
	if u.space != nil {
		u.space.Signal()
	}
}

// endUnhandled lets go of the reader.
func (c *conn) endUnhandled() {
	u := &c.unhandled
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	if u.space != nil {
		u.space.Signal()
	}
}
