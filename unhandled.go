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

// patience is how long a reader waits for handlers.
type patience struct {
	limit int           // MaxUnhandledBytes
	time  time.Duration // without progress
	wake  func()        // starts handlers: what has arrived in this batch may be what others wait for
	over  func()        // closes the connection
}

// reserve counts an event of the given weight if there is room for it, and returns whether the connection goes on. The
// rest is for wait.
func (u *unhandled) reserve(weight, limit int) (reserved, open bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.fullLocked(weight, limit) {
		return false, true
	}
	u.bytes += weight
	return true, !u.ended
}

func (u *unhandled) fullLocked(weight, limit int) bool {
	return !u.ended && u.bytes > 0 && u.bytes+weight > limit
}

// wait is reserve that blocks while there is no room, but not for ever. It returns false if the connection has ended.
// Called by the reader.
func (u *unhandled) wait(weight int, p patience) bool {
	p.wake()
	u.mu.Lock()
	defer u.mu.Unlock()
	for u.fullLocked(weight, p.limit) {
		if u.space == nil {
			u.space = sync.NewCond(&u.mu)
		}
		timer := time.AfterFunc(p.time, p.over)
		u.space.Wait()
		timer.Stop()
	}
	u.bytes += weight
	return !u.ended
}

// release makes room.
func (u *unhandled) release(weight int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.bytes -= weight
	if u.space != nil {
		u.space.Signal()
	}
}

// end lets go of the reader.
func (u *unhandled) end() {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.ended = true
	if u.space != nil {
		u.space.Signal()
	}
}

// reserve counts an event that waits for its handlers; see unhandled. If no room is made for as long as a client may be
// silent, the connection is closed.
func (c *conn) reserve(weight int) bool {
	o := &c.server.opts
	if reserved, open := c.unhandled.reserve(weight, o.MaxUnhandledBytes); reserved {
		return open
	}
	return c.unhandled.wait(weight, patience{
		limit: o.MaxUnhandledBytes,
		time:  o.PingInterval + o.PingTimeout,
		wake:  c.wake,
		over:  func() { c.session.Fail(engineio.CloseReason(HandlersTooSlow), errUnhandled) },
	})
}

// release makes room.
func (c *conn) release(weight int) { c.unhandled.release(weight) }
