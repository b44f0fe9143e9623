package engineio

import (
	"bytes"
	"encoding/base64"
	"errors"
	"sync"

	"github.com/socketio-go/socketio/internal/websocket"
)

// A packetType is the first character of a packet that is sent as text (Engine.IO protocol, "Packet encoding").
type packetType byte

const (
	packetOpen    packetType = '0'
	packetClose   packetType = '1'
	packetPing    packetType = '2'
	packetPong    packetType = '3'
	packetMessage packetType = '4'
	packetUpgrade packetType = '5'
	packetNoop    packetType = '6'

	// packetBinary marks a message with bytes, in base64: in a polling payload, or on a WebSocket if the client wants
	// no binary frames there.
	packetBinary packetType = 'b'
)

// separator stands between the packets of a payload.
const separator = 0x1e

// Headroom is the number of bytes that the buffer given to [TextMessage] or [BinaryMessage] leaves free at its
// beginning: room for the longest WebSocket header and the packet type, so that a message is framed where it was
// encoded.
const Headroom = websocket.MaxHeader + 1

// A Message is one message packet, encoded once for every transport: any number of sessions may send the same one.
// It is immutable. The zero Message is not valid.
type Message struct {
	frame  []byte // a whole WebSocket frame; its payload is the packet
	shared *compressed
	header uint8 // length of the frame's header
	binary bool
	flags  Flags
}

// compressed is a message's frame as permessage-deflate makes it, for all sessions that want it.
type compressed struct {
	once  sync.Once
	frame []byte // nil: it would not be smaller
}

// Shared returns the message prepared for many sessions: those that compress it do that once, and together.
func (m Message) Shared() Message {
	m.shared = new(compressed)
	return m
}

// deflated returns the compressed frame, or nil if that would not be smaller.
func (m Message) deflated() []byte {
	if m.shared == nil {
		return websocket.DeflateFrame(m.frame)
	}
	m.shared.once.Do(func() { m.shared.frame = websocket.DeflateFrame(m.frame) })
	return m.shared.frame
}

// TextMessage makes a message of the text buf[Headroom:], without copying: the message owns buf from now on.
// The text must be valid UTF-8. It panics if buf is shorter than Headroom.
func TextMessage(buf []byte) Message {
	const at = Headroom - 1
	buf[at] = byte(packetMessage)
	start := websocket.PutHeader(buf, at, websocket.OpText)
	return Message{frame: buf[start:], header: uint8(at - start)} //nolint:gosec // at most websocket.MaxHeader
}

// BinaryMessage makes a message of the bytes buf[Headroom:], as [TextMessage] does of a text.
func BinaryMessage(buf []byte) Message {
	const at = Headroom
	_ = buf[at-1] // panics if buf is shorter
	start := websocket.PutHeader(buf, at, websocket.OpBinary)
	return Message{frame: buf[start:], header: uint8(at - start), binary: true} //nolint:gosec // as above
}

// CopyBinary makes a message of a copy of data.
func CopyBinary(data []byte) Message {
	buf := make([]byte, Headroom+len(data))
	copy(buf[Headroom:], data)
	return BinaryMessage(buf)
}

// Binary reports whether the message carries bytes rather than text.
func (m Message) Binary() bool { return m.binary }

// Data returns the message's text or bytes, without the packet type. It must not be modified.
func (m Message) Data() []byte {
	p := m.packet()
	if !m.binary {
		p = p[1:]
	}
	return p
}

// packet is the content of the frame: the packet as a WebSocket carries it.
func (m Message) packet() []byte { return m.frame[m.header:] }

// typ is the packet's type.
func (m Message) typ() packetType {
	if m.binary {
		return packetMessage
	}
	return packetType(m.packet()[0])
}

// messageOverhead is what a waiting message costs beside its buffer.
const messageOverhead = 48

// size is what the message counts for in the queue: the memory that it holds, which for small ones is more than their
// bytes.
func (m Message) size() int { return cap(m.frame) + messageOverhead }

// controlPacket makes a packet other than a message.
func controlPacket(t packetType, data string) Message {
	frame := websocket.AppendFrame(nil, websocket.OpText, append([]byte{byte(t)}, data...))
	return Message{frame: frame, header: uint8(len(frame) - 1 - len(data)), flags: control} //nolint:gosec // as above
}

// appendPayload appends the packets of a polling body, separated as the protocol says ("Payload encoding").
func appendPayload(dst []byte, packets []Message) []byte {
	for i, m := range packets {
		if i > 0 {
			dst = append(dst, separator)
		}
		if m.binary {
			dst = appendBase64Packet(dst, m)
		} else {
			dst = append(dst, m.packet()...)
		}
	}
	return dst
}

// appendBase64Packet appends a message with bytes as text.
func appendBase64Packet(dst []byte, m Message) []byte {
	return base64.StdEncoding.AppendEncode(append(dst, byte(packetBinary)), m.packet())
}

// base64Frame makes the frame in which a message with bytes travels to a client that wants text on its WebSocket.
func (m Message) base64Frame() []byte {
	return websocket.AppendFrame(nil, websocket.OpText, appendBase64Packet(nil, m))
}

// payloadSize is an upper bound of what appendPayload appends.
func payloadSize(packets []Message) (n int) {
	for _, m := range packets {
		n += 1 + len(m.packet())
		if m.binary {
			n += 1 + len(m.packet())/3 + 3
		}
	}
	return n
}

var (
	errEmptyPacket    = errors.New("empty packet")
	errUnknownPacket  = errors.New("unknown packet type")
	errBadBase64      = errors.New("bad base64 in a binary packet")
	errTooManyPackets = errors.New("too many packets in a payload")
	errBadDirection   = errors.New("invalid heartbeat direction")
)

// A packet is a decoded one; data aliases the input.
type packet struct {
	typ    packetType
	binary bool // of a message
	data   []byte
}

// decodePacket decodes a packet without bytes.
func decodePacket(b []byte) (packet, error) {
	if len(b) == 0 {
		return packet{}, errEmptyPacket
	}
	t := packetType(b[0])
	if t < packetOpen || t > packetNoop {
		return packet{}, errUnknownPacket
	}
	return packet{typ: t, data: b[1:]}, nil
}

// A payloadReader takes a payload apart. Nothing of it is copied.
type payloadReader struct {
	rest         []byte // nil: no more
	eio3, binary bool
}

// next decodes the next packet.
func (r *payloadReader) next() (packet, error) {
	if r.eio3 {
		part, isBinary, rest, err := nextPacket3(r.rest, r.binary)
		r.rest = rest
		if err != nil {
			return packet{}, err
		}
		return decodePacket3(part, isBinary)
	}
	part, rest, more := bytes.Cut(r.rest, []byte{separator})
	r.rest = rest
	if !more {
		r.rest = nil
	}
	return decodeTextPacket(part)
}

// decodeTextPacket decodes a packet of a payload or a text message of a WebSocket, in which bytes are base64. It decodes
// in place.
func decodeTextPacket(b []byte) (packet, error) {
	if len(b) == 0 || packetType(b[0]) != packetBinary {
		return decodePacket(b)
	}
	data, ok := decodeBase64(b[1:])
	if !ok {
		return packet{}, errBadBase64
	}
	return packet{typ: packetMessage, binary: true, data: data}, nil
}

// decodeBase64 decodes in place.
func decodeBase64(data []byte) ([]byte, bool) {
	// JavaScript clients may leave the padding out: decode without it.
	for len(data) > 0 && data[len(data)-1] == '=' {
		data = data[:len(data)-1]
	}
	n, err := base64.RawStdEncoding.Decode(data, data)
	if err != nil || base64.RawStdEncoding.EncodedLen(n) != len(data) { // it skips line breaks
		return nil, false
	}
	return data[:n], true
}
