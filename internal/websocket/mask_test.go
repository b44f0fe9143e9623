package websocket

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"
)

// unmaskNaive is RFC 6455 §5.3 as it is written.
func unmaskNaive(b []byte, key [4]byte) {
	for i := range b {
		b[i] ^= key[i%4]
	}
}

func TestUnmask(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	key := [4]byte{1, 0x80, 3, 0xff}
	for size := range 200 {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		want := bytes.Clone(b)
		unmaskNaive(want, key)
		// In two pieces, cut anywhere.
		for cut := range size + 1 {
			got := bytes.Clone(b)
			k := unmask(got[:cut], binary.LittleEndian.Uint32(key[:]))
			unmask(got[cut:], k)
			if !bytes.Equal(got, want) {
				t.Fatalf("size %d cut at %d: got %x, want %x", size, cut, got, want)
			}
		}
	}
}

func BenchmarkUnmask(b *testing.B) {
	for _, size := range []int{10, 100, 1000, 16 << 10} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			buf, key := make([]byte, size), uint32(0x12345678)
			b.ReportAllocs()
			b.SetBytes(int64(size))
			for b.Loop() {
				key = unmask(buf, key)
			}
		})
	}
}
