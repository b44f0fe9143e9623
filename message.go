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

	from     source
	id       uint64 // of the acknowledgement
	wantsAck bool
	weight   int // in the inbox
	acked    atomic.Bool
}

// A source is where messages come from, or go to: a *Socket, a *visit of a [Client], or a *remoteSender.
type source interface {
	// Context is that of the handlers.
	Context() context.Context
	// acknowledge sends an acknowledgement. It marks the message when the values are encoded.
	acknowledge(m *Message, args []any) error
	// codec is the form in which packets travel.
	codec() parser.Codec
	// count adds one to a series of ServerOptions.Metrics.
	count(series metrics.Series)
	// warn logs what has gone wrong with an event.
	warn(msg, event string, err error)
}

var (
	_ source = (*Socket)(nil)
	_ source = (*visit)(nil)
	_ source = (*remoteSender)(nil)
)

// Socket returns the socket of the server that the event came from, or goes to: nil if another server has sent it, see
// [Namespace.OnServerSide], and at a client.
func (m *Message) Socket() *Socket {
	s, _ := m.from.(*Socket)
	return s
}

// Client returns the client that has received the event, or sends it: nil at a server.
func (m *Message) Client() *Client {
	if v, ok := m.from.(*visit); ok {
		return v.client
	}
	return nil
}

// Context returns the context of the socket, which ends when the socket disconnects, or [Client.Context]. That of an
// event from another server ends when this server is closed.
func (m *Message) Context() context.Context { return m.from.Context() }

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
	return m.from.acknowledge(m, args)
}

// markAcked reports whether this is the first acknowledgement.
func (m *Message) markAcked() bool { return m.acked.CompareAndSwap(false, true) }

// acknowledge answers an event of the client.
func (s *Socket) acknowledge(m *Message, args []any) error {
	buf, attachments, err := s.codec().AppendAck(newBuffer(), s.namespace.name, m.id, args)
	if err != nil {
		return err
	}
	if !m.markAcked() {
		return ErrAcked
	}
	if !s.Connected() {
		return ErrDisconnected
	}
	return s.conn.send(0, buf, attachments)
}

func (s *Socket) codec() parser.Codec { return s.conn.codec() }

func (m *Message) count(series metrics.Series) { m.from.count(series) }

func (m *Message) warn(msg string, err error) { m.from.warn(msg, m.Event, err) }

// SetArgs replaces the arguments, for the middlewares and handlers that follow. An error means that the values cannot
// be encoded.
func (m *Message) SetArgs(args ...any) error {
	a, err := marshalArgs(m.from.codec(), args)
	if err == nil {
		m.Args = a
	}
	return err
}

// marshalArgs gives values the form of received arguments, within the limits of the codec.
func marshalArgs(codec parser.Codec, args []any) (Args, error) {
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
