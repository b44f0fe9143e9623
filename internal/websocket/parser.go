package websocket

import (
	"encoding/binary"
	"unicode/utf8"
)

// sink receives what the parser finds. The byte slices are borrowed.
type sink interface {
	// message is a complete message; an error ends the parsing.
	message(op Opcode, data []byte) error
	// ping is a ping frame to be answered.
	ping(payload []byte)
}

// parser reads the frames of a peer. It is fed bytes as they arrive and
// knows nothing of where they come from. What it does not need it does not
// hold: a message that arrives in one piece is handed on where it lies, and
// one that does not is collected in memory that grows with the bytes that
// arrived, not with those that were announced.
//
// Every byte is judged as soon as it is there, or, of a compressed message, as
// soon as all are: feeding the same bytes in other
// pieces gives the same messages, pings and error.
type parser struct {
	// Immutable.
	maxMessage   uint64
	maxFragments int
	deflates     bool // messages may be compressed
	client       bool // this is the client's end: it masks what it sends, and the server does not

	// The header being read.
	head    [maxMaskedHeader]byte
	headLen uint8

	// The frame whose payload is being read.
	inFrame bool
	fin     bool
	op      Opcode
	key     uint32 // masking key, turned to fit the next byte
	left    uint64 // bytes of the payload still to come
	control []byte // payload of a control frame that came in pieces

	// The message being read.
	msgOp      Opcode // OpContinuation: there is none
	compressed bool
	text       utf8Checker // unless compressed
	fragments  int         // frames of it, the current one included
	size       uint64      // bytes of it that the headers so far announced
	msg        []byte      // its payload, if it is compressed or did not come in one piece
}

// feed processes b, unmasking it in place, and calls s for what is complete.
// An error is final: *CloseError for the peer's close frame (what follows it
// is ignored), one that failureStatus knows, or that of s.message.
func (p *parser) feed(b []byte, s sink) error {
	for len(b) > 0 {
		if !p.inFrame {
			n, err := p.readHeader(b)
			if err != nil {
				return err
			}
			b = b[n:]
			if !p.inFrame {
				return nil // the header goes on in the next batch
			}
		}
		n := int(min(p.left, uint64(len(b))))
		chunk := b[:n]
		b = b[n:]
		if !p.client {
			p.key = unmask(chunk, p.key)
		}
		p.left -= uint64(n)
		p.inFrame = p.left > 0

		var err error
		if p.op.control() {
			err = p.controlPayload(chunk, s)
		} else {
			err = p.dataPayload(chunk, s)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// midFrame says whether a part of a frame has arrived and its rest has not.
func (p *parser) midFrame() bool { return p.inFrame || p.headLen > 0 }

// readHeader takes the header of the next frame, or what there is of it, from
// b and returns how many bytes that were. It sets inFrame once it is complete.
func (p *parser) readHeader(b []byte) (int, error) {
	if p.headLen == 0 {
		n, err := p.parseHeader(b)
		if err != nil || n > 0 {
			return n, err
		}
		p.headLen = uint8(copy(p.head[:], b))
		return len(b), nil
	}
	for i, c := range b {
		p.head[p.headLen] = c
		p.headLen++
		if n, err := p.parseHeader(p.head[:p.headLen]); err != nil || n > 0 {
			p.headLen = 0
			return i + 1, err
		}
	}
	return len(b), nil
}

// parseHeader starts a frame if b begins with a whole header, and returns the
// size of it, otherwise 0. It checks whatever part of it is there.
func (p *parser) parseHeader(b []byte) (int, error) {
	op := Opcode(b[0] & opcodeBits)
	if err := p.checkFirstByte(b[0], op); err != nil || len(b) < 2 {
		return 0, err
	}
	if masked := b[1]&maskBit != 0; masked == p.client {
		if masked {
			return 0, errMasked
		}
		return 0, errUnmasked
	}
	length := uint64(b[1] & lengthBits)
	if op.control() && length > maxControl {
		return 0, errControlLength
	}
	// A length in more bytes than it needs is accepted, as by ws.
	n := 2
	switch length {
	case length16:
		if n = 4; len(b) < n {
			return 0, nil
		}
		length = uint64(binary.BigEndian.Uint16(b[2:]))
	case length64:
		if n = 10; len(b) < n {
			return 0, nil
		}
		length = binary.BigEndian.Uint64(b[2:])
		if length>>63 != 0 {
			return 0, errLength
		}
	}
	if !op.control() && length > p.maxMessage-p.size {
		return 0, ErrMessageTooBig
	}
	if p.client {
		p.beginFrame(op, b[0], length)
		return n, nil
	}
	if len(b) < n+maskSize {
		return 0, nil
	}
	p.beginFrame(op, b[0], length)
	p.key = binary.LittleEndian.Uint32(b[n:])
	return n + maskSize, nil
}

// checkFirstByte judges the first byte of a frame against the message that is
// being read (RFC 6455 §5.2, §5.4).
func (p *parser) checkFirstByte(b byte, op Opcode) error {
	if b&rsvBits != 0 && (b&rsvBits != rsv1Bit || !p.deflates || op != OpText && op != OpBinary) {
		return errReservedBits // compressed is a message, which its first frame says (RFC 7692 §6)
	}
	switch op {
	case OpText, OpBinary:
		if p.msgOp != OpContinuation {
			return errInterleaved
		}
	case OpContinuation:
		if p.msgOp == OpContinuation {
			return errContinuation
		}
		if p.fragments >= p.maxFragments {
			return ErrTooManyFragments
		}
	case OpClose, OpPing, OpPong:
		if b&finBit == 0 {
			return errControlFrag
		}
	default:
		return errOpcode
	}
	return nil
}

func (p *parser) beginFrame(op Opcode, first byte, length uint64) {
	p.inFrame, p.op, p.fin, p.left = true, op, first&finBit != 0, length
	if op.control() {
		return
	}
	if op != OpContinuation {
		p.msgOp, p.compressed = op, first&rsv1Bit != 0
	}
	p.fragments++
	p.size += length
}

// dataPayload takes a piece of a data frame, unmasked.
func (p *parser) dataPayload(chunk []byte, s sink) error {
	if p.compressed {
		return p.compressedPayload(chunk, s)
	}
	if p.fin && p.left == 0 && p.fragments == 1 && uint64(len(chunk)) == p.size {
		if p.msgOp == OpText && !utf8.Valid(chunk) {
			return ErrInvalidUTF8
		}
		return p.endMessage(chunk, s)
	}
	if p.msgOp == OpText && !p.text.write(chunk) {
		return ErrInvalidUTF8
	}
	p.keep(chunk)
	if !p.fin || p.left > 0 {
		return nil
	}
	if !p.text.complete() {
		return ErrInvalidUTF8
	}
	return p.endMessage(p.msg, s)
}

// compressedPayload takes a piece of a compressed message, which is
// decompressed once it is complete, into memory that is pooled unless it is
// large. Until then it costs what its bytes do.
func (p *parser) compressedPayload(chunk []byte, s sink) error {
	p.keep(chunk)
	if !p.fin || p.left > 0 {
		return nil
	}
	buf := getBuffer()
	defer putBuffer(buf)
	in := getInflater()
	data, err := in.inflate(buf.data, append(p.msg, inflateTail...), p.maxMessage)
	putInflater(in)
	if err != nil {
		return err
	}
	if p.msgOp == OpText && !utf8.Valid(data) {
		return ErrInvalidUTF8
	}
	return p.endMessage(data, s)
}

func (p *parser) endMessage(data []byte, s sink) error {
	op := p.msgOp
	p.msgOp, p.fragments, p.size, p.msg = OpContinuation, 0, 0, nil
	return s.message(op, data)
}

// keep adds a piece to the message that is being collected. The capacity is
// at most double of what has arrived, and exact for the end of a message.
func (p *parser) keep(piece []byte) {
	need := len(p.msg) + len(piece)
	if need > cap(p.msg) {
		room := max(2*cap(p.msg), need)
		if p.fin {
			room = int(min(uint64(room), uint64(need)+p.left))
		}
		if p.compressed {
			room += len(inflateTail)
		}
		p.msg = append(make([]byte, 0, room), p.msg...)
	}
	p.msg = append(p.msg, piece...)
}

// controlPayload takes a piece of a control frame, unmasked.
func (p *parser) controlPayload(chunk []byte, s sink) error {
	if p.left > 0 || p.control != nil {
		p.control = append(p.control, chunk...)
		if p.left > 0 {
			return nil
		}
		chunk, p.control = p.control, nil
	}
	if p.op == OpClose {
		return parseClose(chunk)
	}
	if p.op == OpPing {
		s.ping(chunk)
	}
	return nil // nothing waits for a pong
}
