package socketio

import (
	"context"

	"github.com/socketio-go/socketio/metrics"
	"github.com/socketio-go/socketio/parser"
)

// A visit is one time that a client is in its namespace, from the CONNECT packet on. It ends with the connection, or
// before that.
type visit struct {
	// Immutable.
	client *Client
	link   *link

	// Guarded by the manager's mutex.
	ask       func() // sends the CONNECT, when an earlier one is answered
	asked     bool   // the CONNECT has been sent
	connected bool   // the server has answered
	begun     bool   // events go to their handlers
	early     []*Message
	dropped   bool // the client has left: events that wait for their handlers are dropped
	ended     error
	ctx       context.Context
	cancel    context.CancelCauseFunc
}

// Context is [Client.Context] of the time when the event came.
func (v *visit) Context() context.Context {
	m := v.client.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	return v.contextLocked()
}

func (v *visit) contextLocked() context.Context {
	if v.ctx == nil {
		v.ctx, v.cancel = context.WithCancelCause(context.Background())
		if v.ended != nil {
			v.cancel(v.ended)
		}
	}
	return v.ctx
}

func (v *visit) endLocked(cause error) {
	for _, m := range v.early { // the server will send them again, as we have not noted them
		v.client.manager.unhandled.release(m.weight)
	}
	v.connected, v.ended, v.early = false, cause, nil
	if v.cancel != nil {
		v.cancel(cause)
	}
}

// isDropped reports whether events that came with this visit have lost their meaning.
func (v *visit) isDropped() bool {
	m := v.client.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	return v.dropped
}

// acknowledge answers an event of the server, as long as that can know what is meant: an id is one of a connection.
func (v *visit) acknowledge(message *Message, args []any) error {
	c := v.client
	buf, attachments, err := v.codec().AppendAck(newBuffer(), c.namespace, message.id, args)
	if err != nil {
		return err
	}
	if !message.markAcked() {
		return ErrAcked
	}
	m := c.manager
	m.mu.Lock()
	defer m.mu.Unlock()
	if v.ended != nil {
		return ErrDisconnected
	}
	return sendError(v.link.session.Send(0, messages(v.codec(), buf, attachments)...))
}

func (v *visit) codec() parser.Codec { return v.client.manager.opts.Parser }

// count does nothing: a client has no metrics.
func (v *visit) count(metrics.Series) {}

func (v *visit) warn(msg, event string, err error) { v.client.warn(msg, event, err) }
