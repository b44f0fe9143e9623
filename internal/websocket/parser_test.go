package websocket

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// recorder is a sink that writes down what it receives.
type recorder struct{ events []string }

func (r *recorder) message(op Opcode, data []byte) error {
	r.events = append(r.events, describe(op, data))
	return nil
}

func (r *recorder) ping(payload []byte) {
	r.events = append(r.events, describe(OpPong, payload))
}

// end writes down the close frame that an error of the parser leads to.
func (r *recorder) end(err error) {
	if peer, ok := errors.AsType[*CloseError](err); ok {
		r.events = append(r.events, describe(OpClose, closeFrame(peer.Code, peer.Reason)[2:]))
	} else if err != nil {
		r.events = append(r.events, fmt.Sprint("close ", failureStatus(err)))
	}
}

func newParser(maxMessage, maxFragments int) *parser {
	return &parser{maxMessage: uint64(maxMessage), maxFragments: maxFragments}
}

// feedChunks feeds a copy of b in pieces of the sizes that next gives, poisons
// each afterwards as a reused buffer would be, and returns how many bytes were
// fed.
func feedChunks(p *parser, r *recorder, b []byte, next func() int) (fed int, err error) {
	for len(b) > 0 && err == nil {
		n := min(max(next(), 1), len(b))
		chunk := slices.Clone(b[:n])
		err = p.feed(chunk, r)
		for i := range chunk {
			chunk[i] = 0xdb
		}
		b = b[n:]
		fed += n
	}
	r.end(err)
	return fed, err
}

func fixed(n int) func() int { return func() int { return n } }

func TestConformanceFed(t *testing.T) {
	for _, tt := range conformanceCases() {
		t.Run(tt.name, func(t *testing.T) {
			sizes := []int{1, 2, 3, 5, 7, 8, 13, 14, 15, 64, 997, 4096, 1 << 20}
			if len(tt.in) < 300 {
				sizes = sizes[:0]
				for n := range len(tt.in) {
					sizes = append(sizes, n+1)
				}
			}
			for _, n := range sizes {
				r := new(recorder)
				_, _ = feedChunks(newParser(defaultMaxMessage, defaultMaxFragments), r, tt.in, fixed(n))
				if !slices.Equal(r.events, tt.want) {
					t.Fatalf("in pieces of %d: got %q, want %q", n, r.events, tt.want)
				}
			}
		})
	}
}

// TestFailFast checks that bytes are judged when they arrive, not when their
// frame or message is complete.
func TestFailFast(t *testing.T) {
	big := AppendFrame(nil, OpBinary, make([]byte, 101))
	big[1] |= maskBit
	tests := []struct {
		name string
		in   []byte
		at   int // how many bytes are enough
		want error
	}{
		{"6.4.3", text(cosmos + aboveRange), 6 + len(cosmos) + 2, ErrInvalidUTF8},
		{"6.4.1", join(frame(0x01, cosmos), frame(0x00, aboveRange)), 6 + len(cosmos) + 6 + 2, ErrInvalidUTF8},
		{"6.4.2", join(frame(0x01, cosmos+"\xf4"), frame(0x00, "\x90zzz")), 6 + len(cosmos) + 1 + 6 + 1, ErrInvalidUTF8},
		{"end inside a code point", text("a\xce"), 6 + 2, ErrInvalidUTF8},
		{"reserved bit", []byte("\xc1\x80"), 1, errReservedBits},
		{"opcode", []byte("\x83\x80"), 1, errOpcode},
		{"fragmented ping", []byte("\x09\x80"), 1, errControlFrag},
		{"continuation", []byte("\x80\x80"), 1, errContinuation},
		{"interleaved", join(frame(0x01, ""), []byte("\x82\x80")), 7, errInterleaved},
		{"unmasked", []byte("\x81\x00"), 2, errUnmasked},
		{"long ping", []byte("\x89\xfe\x00"), 2, errControlLength},
		{"length of 64 bits", []byte("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x01\x00"), 10, errLength},
		{"too big", big, 2, ErrMessageTooBig},
		{"too many fragments", join(frame(0x01, ""), frame(0, ""), frame(0, ""), frame(0x80, "")), 19, ErrTooManyFragments},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			fed, err := feedChunks(newParser(100, 3), new(recorder), tt.in, fixed(1))
			if !errors.Is(err, tt.want) || fed != tt.at {
				t.Errorf("got %v after %d bytes, want %v after %d", err, fed, tt.want, tt.at)
			}
		})
	}
}

// TestLimits is T51 and T55.
func TestLimits(t *testing.T) {
	head := func(hex string) []byte {
		var b []byte
		if _, err := fmt.Sscanf(hex, "%x", &b); err != nil {
			t.Fatal(err)
		}
		return b
	}
	tests := []struct {
		name string
		in   []byte
		want string
	}{
		{"exactly the limit", join(text(sized(1000)), text(sized(1000))), describe(OpText, []byte(sized(1000)))},
		{"one more", text(sized(1001)), "close 1009"},
		{"one more in fragments", join(frame(0x01, sized(1000)), frame(0x80, "*")), "close 1009"},
		{"8000000000000001", head("81ff800000000000000100000000"), "close 1002"},
		{"ffffffffffffffff", head("81ffffffffffffffffff00000000"), "close 1002"},
		{"7fffffffffffffff", head("81ff7fffffffffffffff00000000"), "close 1009"},
		{"sum overflows", join(frame(0x01, "a"), head("80ff7fffffffffffffff00000000")), "close 1009"},
		{"4 and 20,000 empty continuations", join(frame(0x01, "4"), repeat(frame(0x00, ""), 20_000)), "close 1008"},
		{"empty fragments up to the limit", join(frame(0x01, "4"), repeat(frame(0x00, ""), 98), frame(0x80, "")), "text 4"},
		{"fragments of one byte", repeat(frame(0x00, "x"), 900_000), "close 1002"},
		{"fragments of one byte, begun", join(frame(0x01, "4"), repeat(frame(0x00, "x"), 900_000)), "close 1008"},
		{"control frames do not count", join(frame(0x01, "4"), repeat(frame(0x8a, sized(100)), 200), frame(0x80, "")), "text 4"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := new(recorder)
			_, _ = feedChunks(newParser(1000, 100), r, tt.in, fixed(16<<10))
			if len(r.events) == 0 || r.events[len(r.events)-1] != tt.want {
				t.Errorf("got %q, want %q", r.events, tt.want)
			}
		})
	}
}

func repeat(b []byte, n int) []byte { return []byte(strings.Repeat(string(b), n)) }

// TestKeepGrowth checks that memory follows what arrived, and that collecting
// a message costs neither quadratic time nor much garbage.
func TestKeepGrowth(t *testing.T) {
	const size = 999_999
	in := frame(0x82, sized(size))
	p := newParser(defaultMaxMessage, defaultMaxFragments)
	for at := 0; at < len(in)-1; at += 1000 {
		if err := p.feed(slices.Clone(in[at:min(at+1000, len(in)-1)]), new(recorder)); err != nil {
			t.Fatal(err)
		}
		if arrived := at + 1000; cap(p.msg) > 2*arrived || cap(p.msg) > size {
			t.Fatalf("capacity %d after %d bytes", cap(p.msg), arrived)
		}
	}
	r := new(recorder)
	if err := p.feed(in[len(in)-1:], r); err != nil || len(r.events) != 1 {
		t.Fatal(r.events, err)
	}
	if p.msg != nil {
		t.Error("the message is still held")
	}

	tiny := join(frame(0x01, "x"), repeat(frame(0, "x"), 10_000))
	allocs := testing.AllocsPerRun(1, func() {
		if err := newParser(defaultMaxMessage, defaultMaxFragments).feed(slices.Clone(tiny), new(recorder)); err != nil {
			t.Error(err)
		}
	})
	if allocs > 25 {
		t.Errorf("%v allocations for 10,001 fragments of one byte", allocs)
	}
}

func TestControlInPieces(t *testing.T) {
	// A ping between two fragments of a message, split everywhere at once.
	in := join(frame(0x01, "ab"), frame(0x89, "ping"), frame(0x80, "cd"))
	for cut := range in {
		for second := cut; second < len(in); second++ {
			r, sizes := new(recorder), []int{cut, second - cut, len(in)}
			p := newParser(100, 100)
			_, err := feedChunks(p, r, in, func() int { n := sizes[0]; sizes = sizes[1:]; return n })
			if want := []string{"pong ping", "text abcd"}; err != nil || !slices.Equal(r.events, want) {
				t.Fatalf("cut at %d and %d: %q, %v", cut, second, r.events, err)
			}
			if p.midFrame() {
				t.Fatal("still in a frame")
			}
		}
	}
}

type discard struct{ n int }

func (d *discard) message(Opcode, []byte) error { d.n++; return nil }
func (d *discard) ping([]byte)                  { d.n++ }

func TestFeedAllocs(t *testing.T) {
	p, d := newParser(defaultMaxMessage, defaultMaxFragments), new(discard)
	in := join(text("42[\"hello\"]"), frame(0x89, "ping"), frame(0x82, sized(500)))
	if n := testing.AllocsPerRun(100, func() { _ = p.feed(in, d) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkFeed(b *testing.B) {
	for _, size := range []int{10, 100, 1000} {
		b.Run(fmt.Sprint("text", size), func(b *testing.B) {
			// A key of zeros, so that the frames survive the unmasking.
			one := AppendFrame(nil, OpText, []byte(sized(size)))
			one[1] |= maskBit
			head := len(one) - size
			one = slices.Insert(one, head, 0, 0, 0, 0)
			in := repeat(one, bufSize/len(one))
			p, d := newParser(defaultMaxMessage, defaultMaxFragments), new(discard)
			b.ReportAllocs()
			b.SetBytes(int64(len(one)))
			for b.Loop() {
				if d.n++; d.n%(bufSize/len(one)) != 0 {
					continue // one iteration is one message
				}
				if err := p.feed(in, d); err != nil {
					b.Fatal(err)
				}
				d.n -= len(in) / len(one)
			}
		})
	}
}
