package websocket

import "encoding/binary"

// Opcode says what a frame carries (RFC 6455 §11.8).
type Opcode byte

// The opcodes that RFC 6455 defines; all others are protocol errors.
const (
	OpContinuation Opcode = 0
	OpText         Opcode = 1
	OpBinary       Opcode = 2
	OpClose        Opcode = 8
	OpPing         Opcode = 9
	OpPong         Opcode = 10
)

// MaxHeader is the size of the largest header of an unmasked frame.
const MaxHeader = 10

const (
	finBit     = 0x80
	rsvBits    = 0x70
	rsv1Bit    = 0x40 // the message is compressed (RFC 7692 §6)
	opcodeBits = 0x0f
	maskBit    = 0x80
	lengthBits = 0x7f

	// Values of the 7-bit length that announce a longer one.
	length16 = 126
	length64 = 127

	// maxControl is the largest payload of a control frame (RFC 6455 §5.5).
	maxControl = 125

	// maskSize is the size of a masking key, which ends the header of a client's frame.
	maskSize = 4

	// maxMaskedHeader is the size of the largest header that a client sends.
	maxMaskedHeader = MaxHeader + maskSize
)

// control says whether op is that of a control frame, defined or not.
func (op Opcode) control() bool { return op >= OpClose }

// AppendFrame appends a final, unmasked frame to dst. It does not check the
// limit of 125 bytes for control frames.
func AppendFrame(dst []byte, op Opcode, payload []byte) []byte {
	switch n := len(payload); {
	case n <= maxControl:
		dst = append(dst, finBit|byte(op), byte(n))
	case n <= 0xffff:
		dst = append(dst, finBit|byte(op), length16, byte(n>>8), byte(n))
	default:
		dst = append(dst, finBit|byte(op), length64)
		dst = binary.BigEndian.AppendUint64(dst, uint64(n))
	}
	return append(dst, payload...)
}

// PutHeader writes the header of a final, unmasked frame whose payload is
// buf[at:], so that it ends at buf[at], and returns where the frame begins:
// framing without copying the payload. There must be MaxHeader bytes of room,
// at >= MaxHeader.
func PutHeader(buf []byte, at int, op Opcode) (start int) {
	switch n := len(buf) - at; {
	case n <= maxControl:
		start = at - 2
		buf[start+1] = byte(n)
	case n <= 0xffff:
		start = at - 4
		buf[start+1] = length16
		binary.BigEndian.PutUint16(buf[start+2:], uint16(n))
	default:
		start = at - MaxHeader
		buf[start+1] = length64
		binary.BigEndian.PutUint64(buf[start+2:], uint64(n))
	}
	buf[start] = finBit | byte(op)
	return start
}

// headerSize returns the size of the header of an unmasked frame.
func headerSize(frame []byte) int {
	switch frame[1] {
	case length16:
		return 4
	case length64:
		return MaxHeader
	}
	return 2
}
