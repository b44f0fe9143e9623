package socketio

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// An outgoing event, encoded.
type outgoing struct {
	group    []engineio.Message
	flags    engineio.Flags
	event    string
	id       uint64 // of the acknowledgement
	wantsAck bool
}

// size is what an event counts for while it waits.
func (o *outgoing) size() int {
	n := eventOverhead
	for _, m := range o.group {
		n += len(m.Data())
	}
	return n
}

// encode makes an event ready to be sent, and shows it to OnAnyOutgoing.
func (c *Client) encode(event string, args []any, flags engineio.Flags, wantsAck bool) (o outgoing, err error) {
	o = outgoing{flags: flags, event: event, wantsAck: wantsAck}
	if wantsAck {
		o.id = c.lastID.Add(1)
	}
	codec := c.manager.opts.Parser
	buf, attachments, err := codec.AppendEvent(newBuffer(), c.namespace, o.id, wantsAck, event, args)
	if err != nil {
		return o, err
	}
	c.tellOutgoing(buf, attachments)
	o.group = messages(codec, buf, attachments)
	return o, nil
}

// tellOutgoing calls what OnAnyOutgoing registered, unless the event is going to be refused anyway.
func (c *Client) tellOutgoing(buf []byte, attachments [][]byte) {
	if !c.tapped.Load() || !c.Active() {
		return
	}
	listeners := c.outgoingSnapshot()
	if len(listeners) == 0 {
		return
	}
	p, err := decodeOwn(c.manager.opts.Parser, buf[engineio.Headroom:], attachments)
	if err != nil {
		c.warn("socketio: event not shown to OnAnyOutgoing", p.Event, err)
		return
	}
	m := &Message{Args: p.Args, Event: p.Event, from: &visit{client: c, ended: ErrDisconnected}}
	for _, l := range listeners {
		c.safely(l.fn, m)
	}
}

func (c *Client) emit(event string, args []any, flags engineio.Flags, timeout time.Duration) error {
	queued := c.queues(flags)
	o, err := c.encode(event, args, flags, queued)
	if err != nil {
		return err
	}
	m := c.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	if queued {
		return c.enqueueLocked(&retry{outgoing: o, timeout: or(timeout, m.opts.AckTimeout)})
	}
	return c.sendLocked(&o)
}

func (c *Client) emitWithAck(
	ctx context.Context, event string, args []any, flags engineio.Flags, timeout time.Duration,
) (Args, error) {
	o, err := c.encode(event, args, flags, true)
	if err != nil {
		return Args{}, err
	}
	result := make(chan ackResult, 1)
	tell := func(a Args, err error) { result <- ackResult{a, err} }
	timeout = or(timeout, c.manager.opts.AckTimeout)
	var giveUp func()
	if c.queues(flags) {
		giveUp, err = c.askUntilAnswered(&retry{outgoing: o, timeout: timeout, done: tell})
	} else {
		var cancel context.CancelFunc
		ctx, cancel = withTimeout(ctx, timeout)
		defer cancel()
		giveUp, err = c.ask(&o, tell)
	}
	if err != nil {
		return Args{}, err
	}
	select {
	case r := <-result:
		return r.args, r.err
	case <-ctx.Done():
		giveUp()
		if errors.Is(context.Cause(ctx), ErrAckTimeout) {
			return Args{}, ErrAckTimeout
		}
		return Args{}, ctx.Err()
	}
}

// ask sends an event, and tells its answer.
func (c *Client) ask(o *outgoing, tell ackWaiter) (giveUp func(), err error) {
	m := c.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(c.acks) >= m.opts.MaxPendingAcks {
		return nil, ErrTooManyAcks
	}
	c.awaitLocked(o.id, tell)
	if err := c.sendLocked(o); err != nil {
		delete(c.acks, o.id)
		return nil, err
	}
	return func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		delete(c.acks, o.id)
		c.unsendLocked(o.id)
	}, nil
}

func (c *Client) awaitLocked(id uint64, w ackWaiter) {
	if c.acks == nil {
		c.acks = pendingAcks{}
	}
	c.acks[id] = w
}

// gotAck completes an acknowledgement, on the reader's goroutine. One that nobody waits for is ignored.
func (c *Client) gotAck(v *visit, id uint64, args Args) {
	m := c.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	if w := c.acks[id]; w != nil && v.connected {
		delete(c.acks, id)
		w(args, nil)
	}
}

// failAcksLocked is for the acknowledgements that do not come because the connection is lost: all, but for those of
// events that have not been sent.
func (c *Client) failAcksLocked() {
	acks := c.acks
	c.acks = nil
	for _, o := range c.waiting {
		if w := acks[o.id]; o.wantsAck && w != nil {
			delete(acks, o.id)
			c.awaitLocked(o.id, w)
		}
	}
	for _, w := range acks {
		w(Args{}, ErrDisconnected)
	}
}

// sendLocked sends an event, or keeps it until there is a connection.
func (c *Client) sendLocked(o *outgoing) error {
	if c.connectedLocked() {
		err := c.visit.link.session.Send(o.flags, o.group...)
		if !errors.Is(err, engineio.ErrClosed) {
			return err
		}
		// The connection has just been lost, and we are about to hear of it.
	}
	switch {
	case !c.active:
		return ErrDisconnected
	case o.flags&engineio.Volatile != 0:
		return ErrDropped
	}
	if err := c.manager.reserveLocked(o.size()); err != nil {
		return err
	}
	c.waiting = append(c.waiting, *o)
	return nil
}

// reserveLocked counts an event that waits for a connection.
func (m *manager) reserveLocked(size int) error {
	if m.waitingBytes > 0 && m.waitingBytes+size > m.opts.MaxQueuedBytes {
		return ErrQueueFull
	}
	m.waitingBytes += size
	return nil
}

// sendWaitingLocked sends what was kept.
func (c *Client) sendWaitingLocked() {
	waiting := c.waiting
	c.waiting = nil
	for i := range waiting {
		o := &waiting[i]
		c.manager.waitingBytes -= o.size()
		if err := c.sendLocked(o); err != nil {
			c.failedLocked(o, err)
		}
	}
}

// failedLocked is for an event that was accepted and cannot be sent after all.
func (c *Client) failedLocked(o *outgoing, err error) {
	if w := c.acks[o.id]; o.wantsAck && w != nil {
		delete(c.acks, o.id)
		w(Args{}, err)
		return
	}
	c.warn("socketio: event not sent", o.event, err)
}

// unsendLocked forgets an event that waits for a connection.
func (c *Client) unsendLocked(id uint64) {
	for i := range c.waiting {
		if o := &c.waiting[i]; o.wantsAck && o.id == id {
			c.manager.waitingBytes -= o.size()
			c.waiting = slices.Delete(c.waiting, i, i+1)
			return
		}
	}
}

// dropWaitingLocked forgets all that waits for a connection, or for an acknowledgement.
func (c *Client) dropWaitingLocked() {
	lost := len(c.waiting) + len(c.retries)
	if lost == 0 {
		return
	}
	for _, o := range c.waiting {
		c.manager.waitingBytes -= o.size()
	}
	c.waiting = nil
	c.failAcksLocked()
	for len(c.retries) > 0 {
		c.finishRetryLocked(c.retries[0], Args{}, ErrDisconnected)
	}
	c.log("socketio: events dropped, as the client is disconnected", "events", lost)
}
