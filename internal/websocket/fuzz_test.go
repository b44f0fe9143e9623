package websocket

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"testing"
	"unicode/utf8"
)

// FuzzParser feeds bytes at once and in random pieces, which must make no
// difference, and compares with a parser that reads RFC 6455 naively.
func FuzzParser(f *testing.F) {
	for i, tt := range conformanceCases() {
		if len(tt.in) < 500 {
			f.Add(tt.in, uint64(i))
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) { compareParsers(t, in, seed, false) })
}

// FuzzClientParser is the same for what a client reads.
func FuzzClientParser(f *testing.F) {
	for i, tt := range conformanceCases() {
		if b := unmasked(tt.in); len(b) < 500 {
			f.Add(b, uint64(i))
		}
		if i%10 == 0 && len(tt.in) < 500 {
			f.Add(tt.in, uint64(i)) // masked
		}
	}
	f.Fuzz(func(t *testing.T, in []byte, seed uint64) { compareParsers(t, in, seed, true) })
}

func compareParsers(t *testing.T, in []byte, seed uint64, client bool) {
	parser := func() *parser {
		p := newParser(500, 5)
		p.client = client
		return p
	}
	whole := new(recorder)
	_, err := feedChunks(parser(), whole, in, fixed(len(in)))

	r := rand.New(rand.NewPCG(seed, 0))
	pieces := new(recorder)
	_, err2 := feedChunks(parser(), pieces, in, func() int { return 1 + r.IntN(20) })
	if !slices.Equal(whole.events, pieces.events) || (err == nil) != (err2 == nil) || err != nil && err.Error() != err2.Error() {
		t.Fatalf("at once %q, %v; in pieces %q, %v", whole.events, err, pieces.events, err2)
	}

	naive := new(recorder)
	naive.parse(slices.Clone(in), 500, 5, client)
	// It waits for the whole of a frame, so it may not have seen an error yet.
	if n := len(naive.events); !slices.Equal(naive.events, whole.events[:min(n, len(whole.events))]) || len(whole.events)-n > 1 {
		t.Fatalf("got %q, naively %q", whole.events, naive.events)
	}
	if len(whole.events) > len(naive.events) && err == nil {
		t.Fatalf("got %q, naively %q", whole.events, naive.events)
	}
}

// parse is the naive parser: frame by frame, each of which must be complete.
func (r *recorder) parse(b []byte, maxMessage, maxFragments int, client bool) {
	var op Opcode
	var msg []byte
	fragments := 0
	for len(b) >= 2 {
		first, n, head := b[0], uint64(b[1]&lengthBits), 6
		switch n {
		case length16:
			head = 8
		case length64:
			head = 14
		}
		if client {
			head -= maskSize
		}
		if len(b) < head {
			return
		}
		switch n {
		case length16:
			n = uint64(binary.BigEndian.Uint16(b[2:]))
		case length64:
			n = binary.BigEndian.Uint64(b[2:])
		}
		frameOp := Opcode(first & opcodeBits)
		data := frameOp <= OpBinary
		if code := judge(b, frameOp, op, n, uint64(maxMessage-len(msg)), fragments >= maxFragments, client); code != 0 {
			r.end(map[StatusCode]error{1002: ErrProtocol, 1008: ErrTooManyFragments, 1009: ErrMessageTooBig}[code])
			return
		}
		if uint64(len(b)-head) < n {
			return
		}
		payload := b[head : head+int(n)]
		if !client {
			unmaskNaive(payload, [4]byte(b[head-4:]))
		}
		b = b[head+int(n):]
		switch {
		case data:
			if frameOp != OpContinuation {
				op = frameOp
			}
			msg = append(msg, payload...)
			fragments++
			if op == OpText && !viable(msg) || op == OpText && first&fin != 0 && !utf8.Valid(msg) {
				r.end(ErrInvalidUTF8)
				return
			}
			if first&fin != 0 {
				_ = r.message(op, msg)
				op, msg, fragments = OpContinuation, nil, 0
			}
		case frameOp == OpPing:
			r.ping(payload)
		case frameOp == OpClose:
			r.end(parseClose(payload))
			return
		}
	}
}

// judge returns the close code for a bad header.
func judge(b []byte, op, current Opcode, n, room uint64, full, client bool) StatusCode {
	control := op == OpClose || op == OpPing || op == OpPong
	switch {
	case b[0]&rsvBits != 0, op > OpBinary && !control:
		return StatusProtocolError
	case control && (b[0]&fin == 0 || b[1]&lengthBits > maxControl):
		return StatusProtocolError
	case !control && (op == OpContinuation) != (current != OpContinuation):
		return StatusProtocolError
	case op == OpContinuation && full:
		return StatusPolicyViolation
	case (b[1]&maskBit == 0) != client, n > 1<<63-1:
		return StatusProtocolError
	case !control && n > room:
		return StatusMessageTooBig
	}
	return 0
}
