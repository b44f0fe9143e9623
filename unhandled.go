package socketio

import (
	"errors"
	"sync"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// unhandled counts what a connection has received and its handlers have not handled, for all its sockets, also those
// that have left: a client that leaves and joins again gains nothing. That of a [Client] counts for all its connections,
// one after the other: a server that cuts them gains nothing either.
type unhandled struct {
	mu sync.Mutex // after Socket.mu and manager.mu
	// Guarded by mu.
	bytes int
	space *sync.Cond // broadcast when bytes falls; made when a reader waits
}

// An input is a connection whose reader waits for room.
type input struct {
	ended bool // guarded by unhandled.mu
}

var errUnhandled = errors.New("socketio: MaxUnhandledBytes wait and the handlers make no progress")

// patience is how long a reader waits for handlers.
type patience struct {
	limit int           // MaxUnhandledBytes
	time  time.Duration // without progress
	wake  func()        // starts handlers: what has arrived in this batch may be what others wait for
	over  func()        // closes the connection
}

// reserve counts an event of the given weight if there is room for it, and returns whether the connection goes on. If
// it does and there is none, the rest is for wait.
func (u *unhandled) reserve(in *input, weight, limit int) (reserved, open bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if in.ended || u.fullLocked(weight, limit) {
		return false, !in.ended
	}
	u.bytes += weight
	return true, true
}

func (u *unhandled) fullLocked(weight, limit int) bool {
	return u.bytes > 0 && u.bytes+weight > limit
}

// wait is reserve that blocks while there is no room, but not for ever. It returns false if the connection has ended.
// Called by the reader.
func (u *unhandled) wait(in *input, weight int, p patience) bool {
	p.wake()
	u.mu.Lock()
	defer u.mu.Unlock()
	for !in.ended && u.fullLocked(weight, p.limit) {
		if u.space == nil {
			u.space = sync.NewCond(&u.mu)
		}
		timer := time.AfterFunc(p.time, p.over)
		u.space.Wait()
		timer.Stop()
	}
	if !in.ended {
		u.bytes += weight
	}
	return !in.ended
}

// release makes room.
func (u *unhandled) release(weight int) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.bytes -= weight
	if u.space != nil {
		u.space.Broadcast()
	}
}

// end lets go of the reader.
func (u *unhandled) end(in *input) {
	u.mu.Lock()
	defer u.mu.Unlock()
	in.ended = true
	if u.space != nil {
		u.space.Broadcast()
	}
}

// reserve counts an event that waits for its handlers; see unhandled. If no room is made for as long as a client may be
// silent, the connection is closed.
func (c *conn) reserve(weight int) bool {
	o := &c.server.opts
	if reserved, open := c.unhandled.reserve(&c.input, weight, o.MaxUnhandledBytes); reserved || !open {
		return reserved
	}
	return c.unhandled.wait(&c.input, weight, patience{
		limit: o.MaxUnhandledBytes,
		time:  o.PingInterval + o.PingTimeout,
		wake:  c.wake,
		over:  func() { c.session.Fail(engineio.CloseReason(HandlersTooSlow), errUnhandled) },
	})
}

// release makes room.
func (c *conn) release(weight int) { c.unhandled.release(weight) }
