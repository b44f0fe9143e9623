package websocket

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
)

func noise(n int, seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// checkDeflated checks a result of DeflateFrame.
func checkDeflated(t *testing.T, op Opcode, payload, z []byte) {
	t.Helper()
	if z[0] != finBit|rsv1Bit|byte(op) {
		t.Fatalf("first byte: %x", z[0])
	}
	if plain := AppendFrame(nil, op, payload); len(z) >= len(plain) {
		t.Fatalf("%d bytes from %d", len(z), len(plain))
	}
	n, head := int(z[1]), 2
	switch z[1] {
	case length16:
		n, head = int(z[2])<<8|int(z[3]), 4
	case length64:
		n, head = int(z[6])<<24|int(z[7])<<16|int(z[8])<<8|int(z[9]), 10
	}
	if len(z)-head != n {
		t.Fatalf("length %d in the header, %d bytes follow", n, len(z)-head)
	}
	got, err := inflateNaive(z[head:], len(payload))
	if err != nil || !bytes.Equal(got, payload) {
		t.Fatalf("inflated to %d bytes of %d, %v", len(got), len(payload), err)
	}
}

func TestDeflateFrame(t *testing.T) {
	for _, op := range []Opcode{OpText, OpBinary} {
		for _, n := range []int{125, 126, 127, 200, 1 << 10, 8 << 10, 32<<10 - 1, 32 << 10, 65535, 65536, 128 << 10, 1 << 20} {
			for name, payload := range map[string][]byte{
				"stars":      []byte(sized(n)),
				"JSON":       sampleJSON(n),
				"half noise": append(noise(n/2, 1), make([]byte, n/2)...),
			} {
				if n < 1<<10 && name != "stars" {
					continue
				}
				t.Run(fmt.Sprint(op, " ", name, " ", n), func(t *testing.T) {
					f := AppendFrame(nil, op, payload)
					before := slices.Clone(f)
					z := DeflateFrame(f)
					if !bytes.Equal(f, before) {
						t.Error("the frame was modified")
					}
					checkDeflated(t, op, payload, z)
					if cap(z) > len(z)+len(z)/4+64 {
						t.Errorf("%d bytes in %d", len(z), cap(z))
					}
				})
			}
		}
	}
}

func TestDeflateFrameNot(t *testing.T) {
	tests := []struct {
		name  string
		frame []byte
	}{
		{"nothing", nil},
		{"one byte", []byte("\x81")},
		{"empty message", AppendFrame(nil, OpText, nil)},
		{"short message", AppendFrame(nil, OpText, []byte(`42["hello","world"]`))},
		{"noise", AppendFrame(nil, OpBinary, noise(10_000, 1))},
		{"much noise", AppendFrame(nil, OpBinary, noise(1_000_000, 1))},
		{"ping", AppendFrame(nil, OpPing, []byte(sized(100)))},
		{"close", closeFrame(1000, sized(100))},
		{"compressed already", DeflateFrame(AppendFrame(nil, OpText, []byte(sized(500))))},
		{"fragment", append([]byte("\x01\x40"), sized(64)...)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if z := DeflateFrame(tt.frame); z != nil {
				t.Errorf("got %d bytes from %d: %.20x", len(z), len(tt.frame), z)
			}
		})
	}
	payload := sampleJSON(2000) // the compressors are as good as new
	checkDeflated(t, OpText, payload, DeflateFrame(AppendFrame(nil, OpText, payload)))
}

// TestDeflateFrameAllocs allows for what a collection takes from the pool.
func TestDeflateFrameAllocs(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector makes pools forget")
	}
	for _, n := range []int{1 << 10, 64 << 10} {
		f := AppendFrame(nil, OpText, sampleJSON(n))
		if got := testing.AllocsPerRun(200, func() { DeflateFrame(f) }); got > 1 {
			t.Errorf("%v allocations for %d bytes, want that of the result", got, n)
		}
	}
	f := AppendFrame(nil, OpBinary, noise(8<<10, 1))
	if got := testing.AllocsPerRun(200, func() { DeflateFrame(f) }); got > 0 {
		t.Errorf("%v allocations for noise", got)
	}
}

// deflateEcho is an echo that compresses what becomes smaller, and leaves
// nothing of what it was given where it was.
type deflateEcho struct{ *echo }

func (e deflateEcho) Message(op Opcode, data []byte) {
	f := AppendFrame(nil, op, data)
	for i := range data {
		data[i] = 0xdb
	}
	if z := DeflateFrame(f); z != nil {
		f = z
	}
	e.frames = append(e.frames, f)
}

func deflateEchoServer(tb testing.TB, kind string, opts *AcceptOptions) *server {
	return serve(tb, kind, opts, func(c *Conn) Handler { return deflateEcho{newEcho(c)} })
}

// TestDeflateEcho is in the spirit of groups 12 and 13 of the Autobahn test
// suite: many messages of each size, compressed in both directions, whole or in
// fragments.
func TestDeflateEcho(t *testing.T) {
	contents := map[string]func(n, i int) (Opcode, []byte){
		"JSON":  func(n, i int) (Opcode, []byte) { return OpText, append(sampleJSON(n + 8)[8:], byte('0'+i%10)) },
		"noise": func(n, i int) (Opcode, []byte) { return OpBinary, noise(n, uint64(i)) },
		"stars": func(n, _ int) (Opcode, []byte) { return OpText, []byte(sized(n)) },
	}
	s := deflateEchoServer(t, "tcp", &AcceptOptions{Deflate: true})
	for name, content := range contents {
		for n := 16; n <= 128<<10; n *= 4 {
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				count := min(40, max(6, 1<<16/n))
				c := s.connectDeflate(t, nil)
				go func() { // ends when all is sent
					for i := range count {
						op, payload := content(n, i)
						size := []int{1 << 20, 256, n/2 + 1}[i%3]
						_, _ = c.Write(compressedFrames(op, string(payload), size))
					}
					_, _ = c.Write(closing)
				}()
				for i := range count {
					c.expect(describe(content(n, i)))
				}
				c.expect(goodbye)
			})
		}
	}
}

// TestCanary is T56: of many connections that share compressors and
// decompressors with each other and with some that break them, each gets back
// what it has sent, byte by byte, and nothing else.
func TestCanary(t *testing.T) {
	const conns, rounds = 30, 20
	s := deflateEchoServer(t, "memnet", &AcceptOptions{Deflate: true, MaxMessage: 100_000})
	hostile := [][]byte{
		frame(0xc1, deflated(sized(200_000))),                               // too big
		frame(0xc1, deflated(sized(50_000))[:30]),                           // cut
		frame(0xc1, unhex("4b042200")),                                      // refers to what is before the message
		frame(0xc1, deflated(string(sampleJSON(20_000)))+"\xff\xff"),        // junk behind
		frame(0xc1, deflated(string(sampleJSON(20_000))+"\xff\xff invali")), // not UTF-8
	}
	answers := []string{"close 1009", badText, badText, badText, badText}
	var running sync.WaitGroup
	for i := range conns {
		running.Go(func() { // ends with its rounds
			c := s.connectDeflate(t, nil)
			secret := fmt.Sprintf("<secret of connection %d>", i)
			for round := range rounds {
				var b strings.Builder
				for b.Len() < 100<<(round%10) {
					b.WriteString(secret)
					fmt.Fprint(&b, round*b.Len())
				}
				c.send(compressedFrames(OpText, b.String(), 1+round*100))
				_, got, err := c.readFrame()
				if err != nil || string(got) != b.String() {
					t.Errorf("connection %d, round %d: %v, got %q", i, round, err, got)
					return
				}
			}
		})
		running.Go(func() {
			kind := i % len(hostile)
			s.connectDeflate(t, hostile[kind]).expect(answers[kind])
		})
	}
	running.Wait()
}

func FuzzDeflateFrame(f *testing.F) {
	f.Add([]byte("Hello"), uint16(1))
	f.Add([]byte("Hello"), uint16(1000))
	f.Fuzz(func(t *testing.T, part []byte, times uint16) {
		payload := bytes.Repeat(part, int(times)%2000)
		if z := DeflateFrame(AppendFrame(nil, OpBinary, payload)); z != nil {
			checkDeflated(t, OpBinary, payload, z)
		}
	})
}

func BenchmarkDeflateFrame(b *testing.B) {
	for _, n := range []int{1 << 10, 8 << 10, 64 << 10} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			f := AppendFrame(nil, OpText, sampleJSON(n))
			var z []byte
			b.SetBytes(int64(n))
			b.ReportAllocs()
			for b.Loop() {
				z = DeflateFrame(f)
			}
			b.ReportMetric(float64(len(z))/float64(len(f)), "ratio")
		})
	}
}
