package socketio

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/socketio-go/socketio/metrics"
)

// A pendingJoin is a CONNECT to a namespace that does not exist, on which the parents of dynamic namespaces have to
// decide. It takes one of the connection's places, as a socket does.
type pendingJoin struct {
	// Immutable.
	name   string
	auth   []byte
	since  time.Time
	cancel context.CancelCauseFunc // ends what the functions of OfFunc do
}

const invalidNamespace = "Invalid namespace"

// seek lets the parents decide on a CONNECT. The reader does not wait for them.
func (c *conn) seek(name string, auth []byte, parents []*Namespace) {
	ctx, cancel := context.WithCancelCause(c.session.Context())
	j := &pendingJoin{name: name, auth: auth, since: time.Now(), cancel: cancel}
	c.mu.Lock()
	closed := c.closed
	if !closed {
		c.joining = append(c.joining, j)
		c.server.sockets.add(1) // until the socket that it may become has gone
	}
	c.mu.Unlock()
	if closed {
		cancel(nil)
		return
	}
	go func() { // ends with the parents' answers if none wants it, or as that of the socket
		if s := c.settle(ctx, j, parents); s != nil {
			s.open()
		}
	}()
}

// settle makes a socket of a pending join, or refuses it.
func (c *conn) settle(ctx context.Context, j *pendingJoin, parents []*Namespace) (s *Socket) {
	refusal := &ConnectError{Message: invalidNamespace}
	defer func() { // also if a function ends its goroutine
		j.cancel(nil)
		if s == nil {
			c.giveUp(j, refusal)
		}
	}()
	parent, words := c.choose(ctx, j, parents)
	if words != nil {
		refusal = words
	}
	if parent == nil || c.isClosed() {
		return nil
	}
	var n *Namespace
	refusal = &ConnectError{Message: internalError} // if ServerOptions.Adapter panics
	c.server.protect("Adapter", j.name, func() { n = c.server.ensure(j.name, parent, asUser) })
	if n != nil {
		s = c.join(n, j.auth, j)
	}
	return s
}

// choose returns the first parent that wants a namespace, or nil and the first error that is meant for the client.
func (c *conn) choose(
	ctx context.Context, j *pendingJoin, parents []*Namespace,
) (parent *Namespace, refusal *ConnectError) {
	if parentNamed(parents, j.name) != nil {
		return nil, nil
	}
	ctx, stop := context.WithTimeout(ctx, c.server.opts.ConnectTimeout)
	defer stop()
	handshake := sync.OnceValue(func() *Handshake {
		h := newHandshake(c.session, j.auth, j.since)
		return &h
	})
	for _, p := range parents {
		ok, words := p.family.wants(ctx, j.name, handshake)
		if ok {
			return p, nil
		}
		if refusal == nil {
			refusal = words
		}
	}
	return nil, refusal
}

// giveUp refuses a pending join. As in forget, the place is free and the client is told in one step.
func (c *conn) giveUp(j *pendingJoin, refusal *ConnectError) {
	defer c.server.sockets.add(-1)
	if !c.isClosed() {
		c.refused(j.name, refusal.Message, metrics.ConnectErrorNamespace)
	}
	var packet []byte
	c.server.protect("OfFunc", j.name, func() { // the data is the developer's
		packet = c.refusal(j.name, errorBody{refusal.Message, refusal.Data})
	})
	if packet == nil {
		packet = c.refusal(j.name, errorBody{Message: refusal.Message})
	}
	c.mu.Lock()
	c.joining = slices.DeleteFunc(c.joining, func(other *pendingJoin) bool { return other == j })
	c.sayLocked(packet)
	c.mu.Unlock()
	c.session.Flush()
}

// join makes a socket of a namespace, which the caller holds as a user, in the place of j if that is not nil. It
// returns nil if the connection has closed.
func (c *conn) join(n *Namespace, auth []byte, j *pendingJoin) *Socket {
	s := newSocket(n, c, auth) // others may know it from now on: its client may be back on another connection
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		s.leave(TransportClose, nil) // what it has recovered can be recovered again
		n.release()
		return nil
	}
	if j == nil {
		c.server.sockets.add(1)
	} else {
		c.joining = slices.DeleteFunc(c.joining, func(other *pendingJoin) bool { return other == j })
	}
	c.sockets = append(c.sockets, s)
	c.left = slices.DeleteFunc(c.left, func(name string) bool { return name == n.name })
	c.mu.Unlock()
	return s
}

func (c *conn) isClosed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}
