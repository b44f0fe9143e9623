//go:build !js

package websocket

import (
	"bytes"
	"fmt"
	"runtime"
	"testing"
)

// clients returns n connections of Dial that have exchanged a message with s.
func (s *server) clients(tb testing.TB, n int) []*ClientConn {
	tb.Helper()
	client := s.httpClient(tb)
	all := make([]*ClientConn, n)
	for i := range all {
		c, err := Dial(tb.Context(), s.url(), &DialOptions{Client: client})
		if err != nil {
			tb.Fatal(err)
		}
		all[i] = c
		h := newFirst()
		go c.Serve(h) // ends with the connection
		if _, err := c.Write([][]byte{plainFrame(OpText, sized(1000))}); err != nil {
			tb.Fatal(err)
		}
		<-h.got
	}
	return all
}

// first is a Handler that tells when the first message has come.
type first struct {
	silent
	got chan struct{}
}

func newFirst() *first { return &first{got: make(chan struct{}, 1)} }

func (f *first) BatchDone() {
	select {
	case f.got <- struct{}{}:
	default:
	}
}

// TestIdleClient: an idle client takes one goroutine and little memory. Both
// ends are in this process, so what both take is measured.
func TestIdleClient(t *testing.T) {
	const conns = 500
	s, _ := echoServer(t, "tcp", nil)
	before := inUse()
	all := s.clients(t, conns)
	grown := (inUse() - before) / conns
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	if n := bytes.Count(stacks, []byte("http.(*persistConn)")); n > 10 {
		t.Errorf("%d goroutines of net/http are left", n)
	}
	if n := runtime.NumGoroutine(); n > 2*conns+50 {
		t.Errorf("%d goroutines for %d connections with both ends", n, conns)
	}
	t.Logf("both ends of an idle connection take %d bytes", grown)
	if grown > 20<<10 {
		t.Error("that is too much")
	}
	for _, c := range all {
		c.CloseNow()
	}
	s.running.Wait()
	noGoroutines(t)
}

// TestAnnouncedToClient: a message of the largest size that a client accepts
// costs nothing until it arrives.
func TestAnnouncedToClient(t *testing.T) {
	for _, kind := range []string{"tcp", "memnet"} {
		t.Run(kind, func(t *testing.T) {
			r, p := connectRaw(t, listen(t, kind), "")
			before := inUse()
			_, _ = p.Write(join([]byte("\x89\x00\x82\x7f\x00\x00\x00\x00\x06\x40\x00\x00"), make([]byte, 1000))) // 100 MiB
			p.readMasked(t)
			_, _ = p.Write(make([]byte, 1000))
			if grown := inUse() - before; grown > 10<<20 {
				t.Errorf("grown by %d bytes", grown)
			}
			r.CloseNow()
			<-r.done
		})
	}
}

// TestClientEchoAllocs: a message that is written at once is masked in a
// pooled buffer.
func TestClientEchoAllocs(t *testing.T) {
	if raceDetector {
		t.Skip("allocations vary")
	}
	s := serve(t, "tcp", nil, func(c *Conn) Handler { return &frugal{conn: c} })
	c := s.clients(t, 1)[0]
	frames := [][]byte{plainFrame(OpText, sized(100))}
	if n := testing.AllocsPerRun(1000, func() { _, _ = c.Write(frames) }); n > 0.5 {
		t.Errorf("%v allocations", n)
	}
	c.CloseNow()
}

// BenchmarkClientEcho is an echo with Conns at both ends.
func BenchmarkClientEcho(b *testing.B) {
	for _, size := range []int{16, 1000, 10_000, 100_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) {
			s := serve(b, "tcp", nil, func(c *Conn) Handler { return &frugal{conn: c} })
			c, err := Dial(b.Context(), s.url(), &DialOptions{Client: s.httpClient(b)})
			if err != nil {
				b.Fatal(err)
			}
			h := newFirst()
			go c.Serve(h) // ends with the connection
			frames := [][]byte{plainFrame(OpText, sized(size))}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := c.Write(frames); err != nil {
					b.Fatal(err)
				}
				<-h.got
			}
			c.CloseNow()
		})
	}
}
