package socketio

import (
	"context"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// An Emitter sends events to one peer. It is a value: Volatile, Compress and Timeout return a copy with that setting,
// so goroutines never share one. Its methods may be called from any goroutine.
type Emitter struct {
	to      peer
	flags   engineio.Flags // Volatile and Uncompressed
	timeout time.Duration
}

// A peer is what an Emitter sends to the other end by: a *Socket or a *Client.
type peer interface {
	emit(event string, args []any, flags engineio.Flags, timeout time.Duration) error
	emitWithAck(ctx context.Context, event string, args []any, flags engineio.Flags, timeout time.Duration) (Args, error)
}

var (
	_ peer = (*Socket)(nil)
	_ peer = (*Client)(nil)
)

// Volatile returns an emitter whose events are dropped, with ErrDropped, if they cannot be written at once: because
// the client lags, or because it uses long-polling and no poll waits; at a [Client], because there is no connection, the
// network lags, or a POST of long-polling is under way.
func (e Emitter) Volatile() Emitter {
	e.flags |= engineio.Volatile
	return e
}

// Compress returns an emitter whose events are compressed, or not, on connections that compress: see
// PerMessageDeflate of the options, and HTTPCompressionThreshold of a server's. Without it they are.
func (e Emitter) Compress(compress bool) Emitter {
	e.flags &^= engineio.Uncompressed
	if !compress {
		e.flags |= engineio.Uncompressed
	}
	return e
}

// Timeout returns an emitter whose EmitWithAck waits at most d, and then returns ErrAckTimeout. With
// ClientOptions.Retries that is for each attempt.
func (e Emitter) Timeout(d time.Duration) Emitter {
	e.timeout = d
	return e
}

// Emit sends an event. It does not wait: nil means that the event is queued. The arguments are encoded before it
// returns, as JSON or by the Parser of the options; each []byte in them, at any depth, is sent as binary. It returns an
// error if the event cannot be encoded, if its name is reserved, or if the socket is disconnected. A [Client] that is
// not connected but [Client.Active] keeps the event until it is; it returns ErrQueueFull if too much waits, and
// ErrTooLarge if the server would not take the event.
func (e Emitter) Emit(event string, args ...any) error {
	return e.to.emit(event, args, e.flags, e.timeout)
}

// Send sends an event named "message".
func (e Emitter) Send(args ...any) error { return e.Emit("message", args...) }

// EmitWithAck sends an event and waits for its acknowledgement, until ctx ends, the time given to Timeout is over, or
// the socket disconnects. It may be called from a handler.
func (e Emitter) EmitWithAck(ctx context.Context, event string, args ...any) (Args, error) {
	return e.to.emitWithAck(ctx, event, args, e.flags, e.timeout)
}

func (s *Socket) emitWithAck(
	ctx context.Context, event string, args []any, flags engineio.Flags, timeout time.Duration,
) (Args, error) {
	ctx, cancel := withTimeout(ctx, timeout)
	defer cancel()
	id := s.namespace.nextID()
	result := make(chan ackResult, 1)
	if err := s.await(id, func(a Args, err error) { result <- ackResult{a, err} }); err != nil {
		return Args{}, err
	}
	defer s.forget(id) // if it was not told
	if err := s.sendEvent(event, args, id, true, flags); err != nil {
		return Args{}, err
	}
	select {
	case r := <-result:
		return r.args, r.err
	case <-ctx.Done():
		return Args{}, s.namespace.contextError(ctx, 1)
	}
}

func (s *Socket) emit(event string, args []any, flags engineio.Flags, _ time.Duration) error {
	return s.sendEvent(event, args, 0, false, flags)
}

// sendEvent encodes and sends an event.
func (s *Socket) sendEvent(event string, args []any, id uint64, wantsAck bool, flags engineio.Flags) error {
	if h := s.namespace.history; h != nil && !wantsAck && s.pid != "" { // a client of Socket.IO 2 cannot come back
		p, err := newPacket(s.namespace, event, args, false)
		if err != nil {
			return err
		}
		return h.publishTo(s, p, Target{
			Volatile: flags&engineio.Volatile != 0, Uncompressed: flags&engineio.Uncompressed != 0,
		})
	}
	if !s.Connected() && s.isGone() {
		return ErrDisconnected
	}
	buf, attachments, err := s.codec().AppendEvent(newBuffer(), s.namespace.name, id, wantsAck, event, args)
	if err != nil {
		return err
	}
	s.tellOutgoing(buf, attachments)
	if wantsAck {
		flags |= engineio.Urgent // somebody is going to wait
	} else {
		flags |= engineio.Droppable
	}
	return s.countSent(s.conn.send(flags, buf, attachments))
}

// tellOutgoing calls what OnAnyOutgoing registered.
func (s *Socket) tellOutgoing(buf []byte, attachments [][]byte) {
	if !s.tapped.Load() {
		return
	}
	listeners := s.outgoingSnapshot()
	if len(listeners) == 0 {
		return
	}
	p, err := decodeOwn(s.codec(), buf[engineio.Headroom:], attachments)
	if err != nil {
		s.warn("socketio: event not shown to OnAnyOutgoing", p.Event, err)
		return
	}
	m := &Message{Args: p.Args, Event: p.Event, from: s}
	for _, l := range listeners {
		s.safely(l.fn, m)
	}
}

// newBuffer makes a buffer to encode a packet into, with room for what the transport puts before it.
func newBuffer() []byte { return make([]byte, engineio.Headroom, 128) }
