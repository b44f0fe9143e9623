package msgpack

import (
	"errors"
	"fmt"
	"sync"

	"github.com/socketio-go/socketio/parser"
)

// Codec is the [parser.Codec] of this package. The zero value is ready to use, from several goroutines.
type Codec struct{}

var _ parser.Codec = Codec{}

// MaxAttachments is how many pieces of binary data a packet may hold, sent or received, if [parser.Limits] does not say
// otherwise for what is received.
const MaxAttachments = 1000

// What a decoder refuses, besides the errors of package parser.
var (
	ErrSyntax = errors.New("msgpack: malformed packet")
	ErrText   = errors.New("msgpack: text message: the other end uses another parser")
)

// The names of a packet's members.
const (
	keyType      = "type"
	keyNamespace = "nsp"
	keyID        = "id"
	keyData      = "data"
)

// AppendEvent appends an EVENT, as [parser.AppendEvent] does. attachments is nil.
func (Codec) AppendEvent(
	dst []byte, namespace string, id uint64, hasID bool, event string, args []any,
) (packet []byte, attachments [][]byte, err error) {
	if parser.ReservedEvent(event) {
		return dst, nil, fmt.Errorf("%w: %q", parser.ErrReservedEvent, event)
	}
	packet = appendHeader(dst, parser.Event, namespace, id, hasID, true)
	packet = appendValidString(appendArray(packet, 1+len(args)), event)
	return appendArgs(dst, packet, args)
}

// AppendAck appends an ACK, as [parser.AppendAck] does. attachments is nil.
func (Codec) AppendAck(
	dst []byte, namespace string, id uint64, args []any,
) (packet []byte, attachments [][]byte, err error) {
	packet = appendHeader(dst, parser.Ack, namespace, id, true, true)
	return appendArgs(dst, appendArray(packet, len(args)), args)
}

// AppendConnect appends a CONNECT, as [parser.AppendConnect] does.
func (Codec) AppendConnect(dst []byte, namespace string, payload any) ([]byte, error) {
	return appendPayload(dst, parser.Connect, namespace, payload)
}

// AppendConnectError appends a CONNECT_ERROR, as [parser.AppendConnectError] does.
func (Codec) AppendConnectError(dst []byte, namespace string, payload any) ([]byte, error) {
	return appendPayload(dst, parser.ConnectError, namespace, payload)
}

// AppendDisconnect appends a DISCONNECT.
func (Codec) AppendDisconnect(dst []byte, namespace string) []byte {
	return appendHeader(dst, parser.Disconnect, namespace, 0, false, false)
}

// Binary returns true.
func (Codec) Binary() bool { return true }

// NewDecoder makes a [*Decoder].
func (Codec) NewDecoder(limits *parser.Limits) parser.PacketDecoder { return NewDecoder(limits) }

// appendHeader appends the packet up to its data. Data is the last member, so that the last argument ends the packet.
func appendHeader(dst []byte, t parser.Type, namespace string, id uint64, hasID, hasData bool) []byte {
	if namespace == "" {
		namespace = "/"
	}
	members := byte(2)
	if hasID {
		members++
	}
	if hasData {
		members++
	}
	dst = appendString(append(dst, codeFixMap|members), keyType)
	dst = appendString(append(dst, byte(t)), keyNamespace)
	dst = appendValidString(dst, namespace)
	if hasID {
		dst = appendUint(appendString(dst, keyID), id)
	}
	if hasData {
		dst = appendString(dst, keyData)
	}
	return dst
}

// appendArgs appends the arguments to packet, which is dst with what precedes them.
func appendArgs(dst, packet []byte, args []any) ([]byte, [][]byte, error) {
	e := newEncoder()
	defer e.release()
	var err error
	if e.text, e.attachments, err = parser.AppendArgs(e.text, args, MaxAttachments); err != nil {
		return dst, nil, err
	}
	return e.append(packet), nil, nil
}

func appendPayload(dst []byte, t parser.Type, namespace string, payload any) ([]byte, error) {
	packet := appendHeader(dst, t, namespace, 0, false, payload != nil)
	if payload == nil {
		return packet, nil
	}
	e := newEncoder()
	defer e.release()
	var err error
	if e.text, err = parser.AppendPayload(e.text, payload); err != nil {
		return dst, err
	}
	return e.append(packet), nil
}

var encoders = sync.Pool{New: func() any { return &encoder{} }}

func newEncoder() *encoder {
	e, _ := encoders.Get().(*encoder)
	return e
}

// maxPooled is the size up to which a buffer is kept for reuse.
const maxPooled = 64 << 10

func (e *encoder) release() {
	if cap(e.text) > maxPooled || cap(e.open) > maxPooled {
		return
	}
	e.text, e.open, e.attachments = e.text[:0], e.open[:0], nil
	encoders.Put(e)
}
