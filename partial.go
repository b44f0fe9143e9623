package socketio

import (
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// Attachments have to arrive: at least partialProgress bytes in each partialTimeout, and all within partialMost.
const (
	partialTimeout  = 10 * time.Second
	partialProgress = 1 << 10
	partialMost     = 5 * time.Minute
)

// A partialWatch waits for the attachments of a packet.
type partialWatch struct {
	timer *time.Timer
	since time.Time
	seen  int64 // bytes that had arrived when it was set
}

// watchPartial sees to it that a packet is not left incomplete.
func (c *conn) watchPartial(pending bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	w := c.partial
	switch {
	case !pending && w != nil:
		w.timer.Stop()
		c.partial = nil
	case pending && w == nil && !c.closed:
		w = &partialWatch{since: time.Now(), seen: c.session.Received()}
		w.timer = time.AfterFunc(partialTimeout, func() { c.checkPartial(w) })
		c.partial = w
	}
}

// checkPartial closes the connection if too little has arrived since the watch was set.
func (c *conn) checkPartial(w *partialWatch) {
	c.mu.Lock()
	due := c.partial == w // not complete in the very moment
	now := c.session.Received()
	stuck := now-w.seen < partialProgress || time.Since(w.since) >= partialMost
	if due && !stuck {
		w.seen = now
		w.timer.Reset(partialTimeout)
	}
	c.mu.Unlock()
	if due && stuck {
		c.session.Fail(engineio.ParseError, errPartial)
	}
}
