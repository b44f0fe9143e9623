package websocket

import (
	"fmt"
	"io"
	"testing"
)

// BenchmarkEcho counts the client, too, which waits for as many answers as are
// in flight. An iteration is one message.
func BenchmarkEcho(b *testing.B) {
	for _, inFlight := range []int{1, 16} {
		b.Run(fmt.Sprint("inflight", inFlight), func(b *testing.B) {
			s := serve(b, "tcp", nil, func(c *Conn) Handler { return &frugal{conn: c} })
			c := s.connect(b, nil)
			request := repeat(text("42[\"hello\"]"), inFlight)
			response := make([]byte, inFlight*len(AppendFrame(nil, OpText, []byte("42[\"hello\"]"))))
			b.ReportAllocs()
			sent := 0
			for b.Loop() {
				if sent++; sent%inFlight != 0 {
					continue // one iteration is one message
				}
				_, _ = c.Write(request)
				for n := 0; n < len(response); {
					k, err := c.Read(response[n:])
					if err != nil {
						b.Fatal(err)
					}
					n += k
				}
			}
		})
	}
}

// BenchmarkFanOut writes one frame to many connections; an iteration is one
// of them.
func BenchmarkFanOut(b *testing.B) {
	const conns = 500
	handlers := make(chan *silent, conns)
	s := serve(b, "tcp", nil, func(c *Conn) Handler {
		h := &silent{conn: c}
		handlers <- h
		return h
	})
	var all []*Conn
	for range conns {
		c := s.connect(b, nil)
		go func() { _, _ = io.Copy(io.Discard, c.Conn) }() // ends with the connection
		all = append(all, (<-handlers).conn)
	}
	frames := [][]byte{AppendFrame(nil, OpText, []byte(sized(60)))}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		if _, err := all[i%conns].Write(frames); err != nil {
			b.Fatal(err)
		}
	}
}

// frugal echoes without allocating, as long as the peer reads.
type frugal struct {
	conn   *Conn
	buf    []byte
	frames [1][]byte
}

func (f *frugal) Message(op Opcode, data []byte) { f.buf = AppendFrame(f.buf, op, data) }

func (f *frugal) BatchDone() {
	f.frames[0] = f.buf
	if drained, _ := f.conn.Write(f.frames[:]); drained {
		f.buf = f.buf[:0]
	} else {
		f.buf = nil
	}
}

func (*frugal) Drained()     {}
func (*frugal) Closed(error) {}
