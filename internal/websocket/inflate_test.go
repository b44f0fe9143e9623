package websocket

import (
	"bytes"
	"compress/flate"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"
)

// testWriters hold 1.2 MB each.
var testWriters sync.Pool

// deflated is the payload of a compressed message, made by the standard
// library.
func deflated(payload string) string {
	var b bytes.Buffer
	w, ok := testWriters.Get().(*flate.Writer)
	if !ok {
		w, _ = flate.NewWriter(nil, flate.DefaultCompression)
	}
	defer testWriters.Put(w)
	w.Reset(&b)
	_, _ = io.WriteString(w, payload) // a bytes.Buffer does not fail
	_ = w.Flush()
	return strings.TrimSuffix(b.String(), deflateTail)
}

// compressedFrames is a compressed message in frames of size bytes.
func compressedFrames(op Opcode, payload string, size int) []byte {
	b := []byte(deflated(payload))
	var frames []byte
	first := rsv1Bit | byte(op)
	for len(b) > size {
		frames = append(frames, frame(first, string(b[:size]))...)
		first, b = 0, b[size:]
	}
	return append(frames, frame(first|fin, string(b))...)
}

// inflateNaive is the inverse of deflated, as RFC 7692 §7.2.2 has it.
func inflateNaive(payload []byte, limit int) ([]byte, error) {
	if len(payload) == 0 {
		return nil, nil
	}
	var out bytes.Buffer
	src := bytes.NewReader(append(slices.Clone(payload), inflateTail...))
	for {
		_, err := io.Copy(&out, io.LimitReader(flate.NewReader(src), int64(limit-out.Len())+1))
		switch {
		case out.Len() > limit:
			return nil, ErrMessageTooBig
		case err != nil:
			return nil, ErrInvalidDeflate
		case src.Len() == 0 || src.Len() == len(inflateTail):
			return out.Bytes(), nil
		case src.Len() < len(inflateTail):
			return nil, ErrInvalidDeflate
		}
	}
}

func unhex(s string) string {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return string(b)
}

// compressedCases are those of the other groups for a connection that has
// negotiated compression. Payloads in hexadecimal are from RFC 7692 §7.2.3.
func compressedCases() []conformanceCase {
	hello := unhex("f248cdc9c90700")
	message := func(payload string) []byte { return join(frame(0xc1, payload), closing) }
	long := strings.Repeat("0123456789 ", 3000)
	ends := []string{"text Hello", goodbye}
	cases := []conformanceCase{
		{"one block", message(hello), ends},
		{"fragments", join(frame(0x41, hello[:3]), frame(0x80, hello[3:]), closing), ends},
		{"stored block", message(unhex("000500faff48656c6c6f00")), ends},
		{"final block", message(unhex("f348cdc9c9070000")), ends},
		{"final block, unfinished", message(unhex("f348cdc9c90700")), ends},
		{"two blocks", message(unhex("f248050000 00ffffcac9c90700")), ends},
		{"two final blocks", message(unhex("f348cdc9c90700 f348cdc9c90700 00")), []string{"text HelloHello", goodbye}},
		{"final block, then not", message(unhex("f348cdc9c90700") + hello), []string{"text HelloHello", goodbye}},
		{"empty", message(unhex("00")), []string{"text", goodbye}},
		{"empty block, final", message(unhex("0300")), []string{"text", goodbye}},
		{"empty blocks", message(strings.Repeat(unhex("000000ffff"), 50) + hello), ends},
		{"no bytes", message(""), []string{"text", goodbye}},
		{"no bytes in fragments", join(frame(0x41, ""), frame(0, ""), frame(fin, ""), closing), []string{"text", goodbye}},
		{"empty frames between", join(frame(0x41, ""), frame(0, hello[:3]), frame(0, ""), frame(0, hello[3:]), frame(fin, ""), closing), ends},
		{"binary", join(frame(0xc2, deflated("\xc3\x28")), closing), []string{"binary \xc3\x28", goodbye}},
		{"uncompressed", join(text("Hello"), closing), ends},
		{"uncompressed, looks compressed", join(frame(0x82, hello), closing), []string{"binary " + hello, goodbye}},
		{"mixed", join(text("a"), frame(0xc1, deflated("b")), text("c"), frame(0xc1, deflated("d")), closing), []string{"text a", "text b", "text c", "text d", goodbye}},
		{"mixed fragments", join(frame(1, "a"), frame(0x80, "b"), frame(0x41, hello[:1]), frame(0x80, hello[1:]), frame(1, "a"), frame(0x80, "b"), closing), []string{"text ab", "text Hello", "text ab", goodbye}},
		{"control frames between", join(frame(0x41, hello[:3]), frame(0x89, "ping"), frame(0x8a, ""), frame(0, hello[3:5]), frame(0x89, "2"), frame(fin, hello[5:]), closing), []string{"pong ping", "pong 2", "text Hello", goodbye}},
		{"close between", join(frame(0x41, hello[:3]), closing), []string{goodbye}},
		{"grows", join(message(deflated(long))), []string{describe(OpText, []byte(long)), goodbye}},
		{"grows, in fragments", join(compressedFrames(OpText, long, 7), closing), []string{describe(OpText, []byte(long)), goodbye}},
		{"code point at the end of a block", message(unhex("000100feffc3 000100feffa4 00")), []string{"text ä", goodbye}},
	}
	return slices.Concat(cases, hostileCases(hello))
}

// hostileCases are answered by 1002 or 1007.
func hostileCases(hello string) []conformanceCase {
	var cases []conformanceCase
	for name, payload := range map[string]string{
		"garbage":                        "\xff\xff\xff\xff",
		"reserved block type":            "\x06",
		"length of a stored block":       unhex("000500fbff48656c6c6f00"),
		"cut":                            hello[:3],
		"cut after a bit":                hello[:1],
		"cut before the flush":           hello[:6],
		"cut in a stored block":          unhex("000500faff486500"),
		"cut in a stored block's length": unhex("0005"),
		"cut in a final block":           unhex("010500faff4865"),
		"stored block into the tail":     unhex("010800f7ff"),
		"junk behind":                    hello + "\xff",
		"junk behind a final block":      unhex("f348cdc9c90700") + "\xff\xff",
		"window of the message before":   unhex("f200110000"),
		"distance before the beginning":  unhex("4b042200"),
		"invalid UTF-8":                  deflated("\xc3\x28"),
		"cut code point":                 deflated("ab\xce"),
		"surrogate":                      deflated(strings.Repeat("a", 40_000) + "\xed\xa0\x80"),
	} {
		cases = append(cases, conformanceCase{name, join(frame(0xc1, payload), closing), []string{badText}})
	}
	return append(
		cases,
		conformanceCase{"no shared window", join(frame(0xc1, hello), frame(0xc1, unhex("f200110000"))), []string{"text Hello", badText}},
		conformanceCase{"RSV1 on a continuation", join(frame(0x41, hello[:3]), frame(0xc0, hello[3:])), []string{failed}},
		conformanceCase{"RSV1 on an uncompressed message's continuation", join(frame(0x01, "a"), frame(0xc0, hello)), []string{failed}},
		conformanceCase{"RSV1 on a ping", frame(0xc9, ""), []string{failed}},
		conformanceCase{"RSV1 on a ping between", join(frame(0x41, hello[:3]), frame(0xc9, "")), []string{failed}},
		conformanceCase{"RSV1 on a pong", frame(0xca, ""), []string{failed}},
		conformanceCase{"RSV1 on a close", frame(0xc8, closePayload(1000, "")), []string{failed}},
		conformanceCase{"RSV1 and 2", frame(0xe1, hello), []string{failed}},
		conformanceCase{"RSV1 and 3", frame(0xd1, hello), []string{failed}},
		conformanceCase{"RSV2 alone", frame(0xa1, hello), []string{failed}},
		conformanceCase{"new message inside", join(frame(0x41, hello[:3]), frame(0xc1, hello)), []string{failed}},
		conformanceCase{"compressed inside", join(frame(0x01, "a"), frame(0xc1, hello)), []string{failed}},
		conformanceCase{"unmasked", []byte("\xc1\x01\x00"), []string{failed}},
	)
}

// TestConformanceDeflate runs them, and the other cases except for those of
// RSV1, where that may be set.
func TestConformanceDeflate(t *testing.T) {
	cases := slices.DeleteFunc(conformanceCases(), func(tt conformanceCase) bool {
		return tt.name == "3.4" || tt.name == "T50 RSV1"
	})
	cases = append(cases, compressedCases()...)
	for _, kind := range []string{"tcp", "memnet"} {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, &AcceptOptions{Deflate: true})
			for _, tt := range cases {
				t.Run(tt.name, func(t *testing.T) {
					testConformance(t, s.connectDeflate(t, nil), <-echoes, tt, len(tt.in))
				})
				if len(tt.in) < 300 {
					t.Run(tt.name+" in octets", func(t *testing.T) {
						testConformance(t, s.connectDeflate(t, nil), <-echoes, tt, 1)
					})
				}
			}
			s.running.Wait()
		})
	}
}

// TestInflateLimits is T56 and what is next to it.
func TestInflateLimits(t *testing.T) {
	const limit = 1000
	random := make([]byte, 2*limit) // of hexadecimal digits: half of it when compressed
	r := rand.New(rand.NewPCG(1, 1))
	for i := range random {
		random[i] = "0123456789abcdef"[r.IntN(16)]
	}
	tests := []struct {
		name string
		in   []byte
		want string
	}{
		{"at the limit", frame(0xc1, deflated(sized(limit))), describe(OpText, []byte(sized(limit)))},
		{"above the limit", frame(0xc1, deflated(sized(limit+1))), "close 1009"},
		{"far above the limit", frame(0xc1, deflated(sized(100*limit))), "close 1009"},
		{"above the limit, in fragments", compressedFrames(OpText, sized(limit+1), 1), "close 1009"},
		{"at the limit, random", frame(0xc1, deflated(string(random[:limit]))), describe(OpText, random[:limit])},
		{"above the limit, random", frame(0xc1, deflated(string(random[:limit+1]))), "close 1009"},
		{"compressed bytes above the limit", frame(0xc1, deflated(string(random))+sized(limit))[:8], "close 1009"},
		{"compressed fragments above the limit", join(frame(0x41, sized(limit)), frame(0x80, "x")), "close 1009"},
		{"limit before corruption", frame(0xc1, deflated(sized(limit+1))+"\xff\xff"), "close 1009"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, rec := newParser(limit, 2000), new(recorder)
			p.deflates = true
			_, _ = feedChunks(p, rec, tt.in, fixed(len(tt.in)))
			if !slices.Equal(rec.events, []string{tt.want}) {
				t.Errorf("got %q, want %q", rec.events, tt.want)
			}
		})
	}
}

// bomb is a payload of nearly 1 MB that inflates to nearly 1 GB.
func bomb() string {
	part := deflated(strings.Repeat("\x00", 1<<20)) + deflateTail
	return strings.Repeat(part, defaultMaxMessage/len(part))
}

// TestBomb is T56.
func TestBomb(t *testing.T) {
	payload := bomb()
	if len(payload) < 900_000 {
		t.Fatalf("a bomb of %d bytes", len(payload))
	}
	msg := []byte(payload + inflateTail)
	in, out := getInflater(), make([]byte, bufSize)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := in.inflate(out, msg, defaultMaxMessage)
	runtime.ReadMemStats(&after)
	if !errors.Is(err, ErrMessageTooBig) {
		t.Errorf("got %v", err)
	}
	if read := len(msg) - in.src.Len(); read > 2000 { // about 1,000 bytes for 1 MiB
		t.Errorf("it went on for %d bytes", read)
	}
	if n := after.TotalAlloc - before.TotalAlloc; n > 2*defaultMaxMessage+100_000 {
		t.Errorf("%d bytes were allocated", n)
	}

	s, echoes := echoServer(t, "tcp", &AcceptOptions{Deflate: true})
	c, e := s.connectDeflate(t, frame(0xc2, payload)), <-echoes
	c.expect("close 1009")
	if err := <-e.closed; !errors.Is(err, ErrMessageTooBig) {
		t.Errorf("Closed(%v)", err)
	}
}

// TestInflateTime: what inflates to little must not take long either.
func TestInflateTime(t *testing.T) {
	dynamic := "\x04" + deflated(strings.Repeat("abcdefgh", 100)) // begins with a block of type 2
	tests := []struct{ name, part string }{
		{"final blocks", "\x03\x00"},
		{"flushes", "\x00\x00\x00\xff\xff"},
		{"short messages", deflated("a") + deflateTail},
		{"dynamic blocks", dynamic[1:] + deflateTail},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			msg := []byte(strings.Repeat(tt.part, defaultMaxMessage/len(tt.part)) + "\x00" + inflateTail)
			in := getInflater()
			begin := time.Now()
			_, err := in.inflate(make([]byte, bufSize), msg, defaultMaxMessage)
			if err != nil && !errors.Is(err, ErrMessageTooBig) {
				t.Error(err)
			}
			d := time.Since(begin)
			t.Logf("%v for 1 MB", d)
			if d > 2*time.Second { // 0.1 s on an idle machine
				t.Error("that is too long")
			}
		})
	}
}

// TestAnnouncedDeflate is T51 for compressed messages: memory follows what has
// arrived.
func TestAnnouncedDeflate(t *testing.T) {
	const conns = 1000
	s, _ := echoServer(t, "tcp", &AcceptOptions{Deflate: true})
	var clients []*client
	for range conns {
		clients = append(clients, s.connectDeflate(t, nil))
	}
	message := frame(0xc2, sized(999_999))
	before := inUse()
	for _, c := range clients {
		c.send(join(frame(0x89, "x"), message[:1000]))
	}
	for _, c := range clients {
		c.expect("pong x")
	}
	if grown := inUse() - before; grown > 10<<20 {
		t.Errorf("grown by %d bytes", grown)
	}
}

// FuzzInflate feeds a payload as one frame and as fragments, which must make no
// difference, and compares with the standard library.
func FuzzInflate(f *testing.F) {
	for _, s := range []string{"", "Hello", sized(300), "\xc3\x28"} {
		f.Add([]byte(deflated(s)), byte(len(s)))
	}
	f.Fuzz(func(t *testing.T, payload []byte, size byte) {
		const limit = 500
		want := new(recorder)
		data, err := inflateNaive(payload, limit)
		switch {
		case len(payload) > limit:
			err = ErrMessageTooBig
		case err == nil && !utf8.Valid(data):
			err = ErrInvalidUTF8
		case err == nil:
			_ = want.message(OpText, data)
		}
		want.end(err)

		whole := frame(0xc1, string(payload))
		var pieces []byte
		first, step := byte(0x41), max(1, int(size))
		for b := payload; len(b) > 0; b = b[min(step, len(b)):] {
			pieces = append(pieces, frame(first, string(b[:min(step, len(b))]))...)
			first = 0
		}
		pieces = append(pieces, frame(first|fin, "")...)
		for _, in := range [][]byte{whole, pieces} {
			p, got := newParser(limit, 10_000), new(recorder)
			p.deflates = true
			_, _ = feedChunks(p, got, in, fixed(step))
			if !slices.Equal(got.events, want.events) {
				t.Fatalf("got %q, naively %q", got.events, want.events)
			}
		}
	})
}

func BenchmarkInflate(b *testing.B) {
	for _, n := range []int{1 << 10, 8 << 10, 64 << 10} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			one := AppendFrame(nil, OpText, []byte(deflated(string(sampleJSON(n)))))
			one[0] |= rsv1Bit
			head := map[bool]int{true: 4, false: 2}[one[1] == length16]
			one[1] |= maskBit
			one = slices.Insert(one, head, 0, 0, 0, 0) // a key of zeros: the frame survives the unmasking
			p, d := newParser(defaultMaxMessage, defaultMaxFragments), new(discard)
			p.deflates = true
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				if err := p.feed(one, d); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
