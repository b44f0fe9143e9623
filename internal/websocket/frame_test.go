package websocket

import (
	"bytes"
	"fmt"
	"testing"
)

func TestFrames(t *testing.T) {
	tests := []struct {
		name   string
		op     Opcode
		size   int
		header string
	}{
		{"empty", OpText, 0, "\x81\x00"},
		{"small", OpBinary, 5, "\x82\x05"},
		{"largest of 7 bits", OpPong, 125, "\x8a\x7d"},
		{"smallest of 16 bits", OpText, 126, "\x81\x7e\x00\x7e"},
		{"largest of 16 bits", OpText, 65535, "\x81\x7e\xff\xff"},
		{"smallest of 64 bits", OpText, 65536, "\x81\x7f\x00\x00\x00\x00\x00\x01\x00\x00"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			payload := []byte(sized(tt.size))
			want := append([]byte(tt.header), payload...)
			if got := AppendFrame([]byte("before"), tt.op, payload); !bytes.Equal(got, append([]byte("before"), want...)) {
				t.Errorf("AppendFrame: %q", got[:min(len(got), 20)])
			}
			for _, at := range []int{MaxHeader, MaxHeader + 7} {
				buf := append(bytes.Repeat([]byte{0xdb}, at), payload...)
				start := PutHeader(buf, at, tt.op)
				if !bytes.Equal(buf[start:], want) {
					t.Errorf("PutHeader: %q", buf[start:at])
				}
				if bytes.Count(buf[:start], []byte{0xdb}) != start {
					t.Error("PutHeader wrote before the frame")
				}
			}
		})
	}
}

func BenchmarkAppendFrame(b *testing.B) {
	for _, size := range []int{10, 1000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			buf, payload := make([]byte, 0, 2000), make([]byte, size)
			b.ReportAllocs()
			for b.Loop() {
				buf = AppendFrame(buf[:0], OpText, payload)
			}
		})
	}
}

func BenchmarkPutHeader(b *testing.B) {
	buf := make([]byte, 2000)
	b.ReportAllocs()
	for b.Loop() {
		PutHeader(buf, MaxHeader, OpText)
	}
}
