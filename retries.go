package socketio

import (
	"errors"
	"slices"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// A retry is an event that is sent until it is acknowledged, see ClientOptions.Retries. Only the first of them is under
// way at a time. Its id is the same each time, so a late answer is as good.
type retry struct {
	// Immutable.
	outgoing
	timeout time.Duration
	done    ackWaiter // nil: nobody waits; does not block

	// Guarded by the manager's mutex.
	tries   int
	pending bool // sent, and not answered
	timer   *time.Timer
}

// queues reports whether an event with the flags is sent until it is acknowledged.
func (c *Client) queues(flags engineio.Flags) bool {
	return c.manager.opts.Retries > 0 && flags&engineio.Volatile == 0
}

// enqueueLocked accepts an event.
func (c *Client) enqueueLocked(r *retry) error {
	if !c.active {
		return ErrDisconnected
	}
	if err := c.manager.reserveLocked(r.size()); err != nil {
		return err
	}
	c.retries = append(c.retries, r)
	c.nextRetryLocked(false)
	return nil
}

// askUntilAnswered accepts an event of EmitWithAck.
func (c *Client) askUntilAnswered(r *retry) (giveUp func(), err error) {
	m := c.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(c.retries) >= m.opts.MaxPendingAcks {
		return nil, ErrTooManyAcks
	}
	if err := c.enqueueLocked(r); err != nil {
		return nil, err
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		c.finishRetryLocked(r, Args{}, ErrDisconnected)
	}, nil
}

// nextRetryLocked sends the first event, unless it is under way already; again: on a new connection.
func (c *Client) nextRetryLocked(again bool) {
	if !c.connectedLocked() || len(c.retries) == 0 {
		return
	}
	r := c.retries[0]
	if r.pending && !again {
		return
	}
	r.stop()
	err := c.visit.link.session.Send(r.flags, r.group...)
	switch {
	case err == nil:
		r.pending = true
		r.tries++
		c.awaitLocked(r.id, func(args Args, err error) { c.answeredLocked(r, args, err) })
		if r.timeout > 0 {
			r.after(c, r.timeout, c.overdueLocked)
		}
	case errors.Is(err, engineio.ErrQueueFull):
		r.after(c, c.manager.opts.ReconnectionDelay, func(*retry) { c.nextRetryLocked(false) })
	case !errors.Is(err, engineio.ErrClosed): // of a connection that is lost we hear soon
		if r.done == nil {
			c.warn("socketio: event not sent", r.event, err)
		}
		c.finishRetryLocked(r, Args{}, err)
	}
}

// after calls a function later, with the lock, unless the event is done with or sent again before.
func (r *retry) after(c *Client, d time.Duration, fn func(*retry)) {
	var timer *time.Timer
	timer = time.AfterFunc(d, func() {
		m := c.manager
		m.mu.Lock()
		defer m.mu.Unlock()
		if r.timer == timer {
			r.timer = nil
			fn(r)
		}
	})
	r.timer = timer
}

func (r *retry) stop() {
	if r.timer != nil {
		r.timer.Stop()
		r.timer = nil
	}
	r.pending = false
}

// overdueLocked is for an event whose acknowledgement did not come in time.
func (c *Client) overdueLocked(r *retry) {
	delete(c.acks, r.id)
	c.answeredLocked(r, Args{}, ErrAckTimeout)
}

// answeredLocked is for the answer to the event that is under way, or the lack of one.
func (c *Client) answeredLocked(r *retry, args Args, err error) {
	if err == nil || r.tries > c.manager.opts.Retries {
		if err != nil && r.done == nil {
			c.warn("socketio: event given up after ClientOptions.Retries", r.event, err)
		}
		c.finishRetryLocked(r, args, err)
		return
	}
	r.stop()
	c.nextRetryLocked(false)
}

// finishRetryLocked forgets an event, tells its sender, and goes on with the next.
func (c *Client) finishRetryLocked(r *retry, args Args, err error) {
	i := slices.Index(c.retries, r)
	if i < 0 {
		return
	}
	r.stop()
	delete(c.acks, r.id)
	if i == 0 { // of many, mostly
		c.retries[0] = nil
		c.retries = c.retries[1:]
	} else {
		c.retries = slices.Delete(c.retries, i, i+1)
	}
	c.manager.waitingBytes -= r.size()
	if r.done != nil {
		r.done(args, err)
	}
	c.nextRetryLocked(false)
}
