package engineio

import (
	"encoding/base64"
	"errors"
	"strconv"
	"unicode/utf8"

	"github.com/socketio-go/socketio/internal/websocket"
)

// This file is what protocol 3 does in another way: its packets are those of protocol 4, but those with bytes begin
// with their type, and payloads give the length of each packet. (Engine.IO protocol, revision 3, "Encoding".)

var errBadPayload = errors.New("malformed payload")

// In a binary payload, a packet is preceded by what it is, its length in decimal digits (as bytes 0 to 9), and an end
// mark.
const (
	payloadText   = 0
	payloadBinary = 1
	payloadMark   = 0xff
)

// binaryFrame3 makes the frame in which a binary message travels to a client of protocol 3.
func (m Message) binaryFrame3(base64 bool) []byte {
	if base64 {
		return websocket.AppendFrame(nil, websocket.OpText, appendBase64Packet3(nil, m))
	}
	packet := make([]byte, 0, 1+len(m.packet()))
	return websocket.AppendFrame(nil, websocket.OpBinary, appendBinaryPacket3(packet, m))
}

func appendBase64Packet3(dst []byte, m Message) []byte {
	dst = append(dst, byte(packetBinary), byte(packetMessage))
	return base64.StdEncoding.AppendEncode(dst, m.packet())
}

func appendBinaryPacket3(dst []byte, m Message) []byte {
	return append(append(dst, byte(packetMessage-packetOpen)), m.packet()...)
}

// appendPayload3 appends the packets of a polling body. It is binary if there are bytes among them and the client takes
// such a body.
func appendPayload3(dst []byte, packets []Message, base64 bool) (body []byte, binary bool) {
	for _, m := range packets {
		binary = binary || m.binary && !base64
	}
	var buf []byte
	for _, m := range packets {
		packet, kind := m.packet(), byte(payloadText)
		if m.binary {
			kind = payloadBinary
			if binary {
				buf = appendBinaryPacket3(buf[:0], m)
			} else {
				buf = appendBase64Packet3(buf[:0], m)
			}
			packet = buf
		}
		if binary {
			dst = append(dst, kind)
			for _, digit := range strconv.Itoa(len(packet)) {
				dst = append(dst, byte(digit-'0'))
			}
			dst = append(dst, payloadMark)
		} else {
			dst = append(strconv.AppendInt(dst, int64(utf16Len(packet)), 10), ':')
		}
		dst = append(dst, packet...)
	}
	return dst, binary
}

// utf16Len is the length of a text in JavaScript.
func utf16Len(text []byte) (n int) {
	for _, r := range string(text) { // does not copy
		n++
		if r > 0xffff {
			n++
		}
	}
	return n
}

// cutUTF16 cuts a text behind n units of UTF-16. It fails if there are fewer, or if that is within a character.
func cutUTF16(text []byte, n int) (before, after []byte, ok bool) {
	at := 0
	for n > 0 && at < len(text) {
		r, size := utf8.DecodeRune(text[at:])
		at += size
		n--
		if r > 0xffff {
			n--
		}
	}
	return text[:at], text[at:], n == 0
}

// nextPacket3 takes the first packet of a payload, of which nothing is copied. rest is nil behind the last.
func nextPacket3(body []byte, binary bool) (part []byte, isBinary bool, rest []byte, err error) {
	digits, mark := body, byte(':')
	if binary {
		isBinary = body[0] == payloadBinary
		if body[0] > payloadBinary {
			return nil, false, nil, errBadPayload
		}
		digits, mark = body[1:], payloadMark
	}
	const maxDigits = 9 // of a length: it fits into any int
	n, i := 0, 0
	for ; i < len(digits) && digits[i] != mark; i++ {
		d := digits[i]
		if !binary {
			d -= '0'
		}
		if d > 9 || i >= maxDigits {
			return nil, false, nil, errBadPayload
		}
		n = 10*n + int(d)
	}
	if i == 0 || i == len(digits) {
		return nil, false, nil, errBadPayload
	}
	var ok bool
	if rest = digits[i+1:]; !binary {
		part, rest, ok = cutUTF16(rest, n)
	} else if ok = n <= len(rest) && (isBinary || utf8.Valid(rest[:n])); ok {
		part, rest = rest[:n], rest[n:]
	}
	if !ok {
		return nil, false, nil, errBadPayload
	}
	if len(rest) == 0 {
		rest = nil
	}
	return part, isBinary, rest, nil
}

// decodePacket3 decodes a packet of a WebSocket message or of a payload, in place.
func decodePacket3(b []byte, binary bool) (packet, error) {
	switch {
	case len(b) == 0:
		return packet{}, errEmptyPacket
	case binary:
		return typedPacket3(b[0]+byte(packetOpen), b[1:])
	case packetType(b[0]) != packetBinary:
		return decodePacket(b)
	case len(b) == 1:
		return packet{}, errEmptyPacket
	}
	data, ok := decodeBase64(b[2:])
	if !ok {
		return packet{}, errBadBase64
	}
	return typedPacket3(b[1], data)
}

// typedPacket3 is a packet with bytes, which only messages have a use for.
func typedPacket3(t byte, data []byte) (packet, error) {
	p, err := decodePacket([]byte{t})
	p.binary, p.data = p.typ == packetMessage, data
	return p, err
}

// answerPing answers a ping of the client. Who does not read the answers gets no more of them: one waits, at most, at
// the end of the queue.
func (s *Session) answerPing() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if n := len(s.queue); n > 0 && s.queue[n-1].same(pongPacket) {
		return
	}
	if s.state == stateOpen {
		s.sendControlLocked(pongPacket)
	}
}

// same reports whether both are the same message, not just equal ones.
func (m Message) same(other Message) bool { return &m.frame[0] == &other.frame[0] }

var pongPacket = controlPacket(packetPong, "")

// heard puts off the end of a session whose client is the one that pings.
func (s *Session) heard() {
	s.mu.Lock()
	s.atPing = s.receivedLocked()
	s.mu.Unlock()
	s.server.heartbeats.heard(s)
}
