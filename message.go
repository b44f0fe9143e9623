package socketio

import (
	"context"
	"math"
	"sync/atomic"

	"github.com/socketio-go/socketio/metrics"
	"github.com/socketio-go/socketio/parser"
)

// Args are the undecoded arguments of an event or of an acknowledgement: Len tells how many, Scan decodes them into
// variables. Args are immutable.
type Args = parser.Args

// A Message is a received event.
type Message struct {
	Args         // what came with the event; a middleware may replace it with SetArgs
	Event string // its name; a middleware may change it

	socket   *Socket
	remote   *remoteSender // another server, if socket is nil
	id       uint64        // of the acknowledgement
	wantsAck bool
	weight   int // in the inbox
	acked    atomic.Bool
}

// Socket returns the socket that the event came from, or goes to: nil if another server has sent it, see
// [Namespace.OnServerSide].
func (m *Message) Socket() *Socket { return m.socket }

// Context returns the context of the socket, which ends when the socket disconnects. That of an event from another
// server ends when this server is closed.
func (m *Message) Context() context.Context {
	if m.socket == nil {
		return m.remote.namespace.serverSide.context()
	}
	return m.socket.Context()
}

// WantsAck reports whether the sender waits for an acknowledgement.
func (m *Message) WantsAck() bool { return m.wantsAck }

// Ack acknowledges the event with the given values. It may be called later and from any goroutine, but only once:
// after that it returns ErrAcked. Values that cannot be encoded are an error and do not count. If no acknowledgement is
// wanted it returns ErrNotWanted.
func (m *Message) Ack(args ...any) error {
	if !m.wantsAck {
		return ErrNotWanted
	}
	if m.acked.Load() {
		return ErrAcked
	}
	if m.socket == nil {
		return m.ackRemote(args)
	}
	s := m.socket
	buf, attachments, err := s.conn.codec().AppendAck(newBuffer(), s.namespace.name, m.id, args)
	if err != nil {
		return err
	}
	if !m.acked.CompareAndSwap(false, true) {
		return ErrAcked
	}
	if !s.Connected() {
		return ErrDisconnected
	}
	return s.conn.send(0, buf, attachments)
}

// ackRemote is Ack for an event of another server.
func (m *Message) ackRemote(args []any) error {
	a, err := m.namespace().marshalArgs(args)
	if err != nil {
		return err
	}
	if !m.acked.CompareAndSwap(false, true) {
		return ErrAcked
	}
	m.remote.answer(a)
	return nil
}

// count adds one to a series of ServerOptions.Metrics.
func (m *Message) count(series metrics.Series) { m.namespace().server.opts.Metrics.Add(series, 1) }

// namespace is the one that the event belongs to.
func (m *Message) namespace() *Namespace {
	if m.socket != nil {
		return m.socket.namespace
	}
	return m.remote.namespace
}

// warn logs what has gone wrong with the event.
func (m *Message) warn(msg string, err error) {
	if m.socket != nil {
		m.socket.warn(msg, m.Event, err)
		return
	}
	n := m.namespace()
	n.server.opts.Logger.Warn(msg, "event", logName(m.Event), "error", err, "namespace", n.name)
}

// SetArgs replaces the arguments, for the middlewares and handlers that follow. An error means that the values cannot
// be encoded.
func (m *Message) SetArgs(args ...any) error {
	a, err := m.namespace().marshalArgs(args)
	if err == nil {
		m.Args = a
	}
	return err
}

// marshalArgs gives values the form of received arguments, within the limits of the codec.
func (n *Namespace) marshalArgs(args []any) (Args, error) {
	codec := n.server.opts.Parser
	text, attachments, err := codec.AppendAck(nil, "", 0, args)
	if err != nil {
		return Args{}, err
	}
	p, err := decodeOwn(codec, text, attachments)
	return p.Args, err
}

// ownLimits are those for packets that we encoded ourselves.
var ownLimits = &parser.Limits{MaxBytes: math.MaxInt32}

// decodeOwn decodes a packet of ours.
func decodeOwn(codec parser.Codec, message []byte, attachments [][]byte) (parser.Packet, error) {
	d := codec.NewDecoder(ownLimits)
	decode := d.Text
	if codec.Binary() {
		decode = d.Binary
	}
	p, ok, err := decode(message)
	for i := 0; err == nil && !ok; i++ {
		p, ok, err = d.Binary(attachments[i])
	}
	return p, err
}
