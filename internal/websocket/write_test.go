package websocket

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// describeAll describes the frames in stream.
func (c *client) describeAll(t *testing.T, stream string) []string {
	t.Helper()
	c.r = bufio.NewReader(strings.NewReader(stream))
	return readAllFrames(t, c)
}

// TestBlockedPeer: Write does not block however much is written, tells the
// truth about the queue, and everything arrives in order.
func TestBlockedPeer(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			c := s.connect(t, nil)
			e := <-echoes
			written, total := 0, 0
			write := func(sizes ...int) (drained bool) {
				t.Helper()
				var frames [][]byte
				for _, n := range sizes {
					payload := binary.BigEndian.AppendUint32(make([]byte, 0, n+4), uint32(written))
					frames = append(frames, AppendFrame(nil, OpBinary, payload[:n+4]))
					total += len(frames[len(frames)-1])
					written++
				}
				begin := time.Now()
				drained, err := e.conn.Write(frames)
				if err != nil {
					t.Fatal(err)
				}
				if d := time.Since(begin); d > 5*time.Second {
					t.Fatalf("Write blocked for %v", d)
				}
				return drained
			}
			for i := 0; total < 16<<20 || e.conn.Buffered() < 1<<20; i++ {
				write(10, 20_000, i%30_000, 0, 100)
			}
			if e.conn.Buffered() >= total || len(e.drained) > 0 && kind == "tcp" {
				t.Errorf("%d of %d bytes are buffered, Drained called %d times", e.conn.Buffered(), total, len(e.drained))
			}
			for i := range written {
				op, payload, err := c.readFrame()
				if err != nil || op != OpBinary || binary.BigEndian.Uint32(payload) != uint32(i) {
					t.Fatalf("frame %d: %v %v", i, op, err)
				}
			}
			<-e.drained
			if n := e.conn.Buffered(); n != 0 {
				t.Errorf("%d bytes are buffered after Drained", n)
			}
			drained := write(10)
			if plain := kind == "tcp" || kind == "unix"; plain && !drained {
				t.Error("a small write to an idle socket was not drained")
			}
			if _, payload, err := c.readFrame(); err != nil || len(payload) != 14 {
				t.Error(err)
			}
			e.conn.CloseNow()
			<-e.closed
			s.running.Wait()
			noGoroutines(t)
		})
	}
}

// TestDropBlocked: dropping a connection ends the drain goroutine.
func TestDropBlocked(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			s.connect(t, nil)
			e := <-echoes
			if drained, err := e.conn.Write([][]byte{AppendFrame(nil, OpBinary, make([]byte, 32<<20))}); drained || err != nil {
				t.Fatal(drained, err)
			}
			e.conn.CloseNow()
			if err := <-e.closed; !errors.Is(err, net.ErrClosed) {
				t.Errorf("Closed(%v)", err)
			}
			s.running.Wait()
			noGoroutines(t)
			if len(e.drained) > 0 {
				t.Error("Drained was called")
			}
		})
	}
}

func TestConcurrentWrites(t *testing.T) {
	const writers, each = 8, 300
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			c := s.connect(t, nil)
			e := <-echoes
			var wg sync.WaitGroup
			for w := range writers {
				wg.Go(func() {
					for i := range each {
						head := fmt.Sprintf("%d %d head", w, i)
						body := fmt.Sprintf("%d %d body", w, i) + sized(i*i%3000)
						_, err := e.conn.Write([][]byte{AppendFrame(nil, OpText, []byte(head)), AppendFrame(nil, OpText, []byte(body))})
						if err != nil {
							t.Error(err)
						}
					}
				})
			}
			c.send(repeat(frame(0x89, "ping"), 50)) // pongs must not come between bytes of a frame
			next := [writers]int{}
			for n := 0; n < 2*writers*each; {
				op, head, err := c.readFrame()
				if err != nil {
					t.Fatal(err)
				}
				if op == OpPong {
					continue
				}
				n++
				var w, i int
				var part string
				if _, err := fmt.Sscan(string(head), &w, &i, &part); err != nil || next[w] != 2*i+map[bool]int{true: 1}[part != "head"] {
					t.Fatalf("got %q after %d frames of this writer: %v", head, next[w], err)
				}
				next[w]++
			}
			wg.Wait()
		})
	}
}

// TestDrainedBeforeServe: nothing is lost by writing before there is a Handler.
func TestDrainedBeforeServe(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		echoes := make(chan *echo, 1)
		s := serve(t, "memnet", nil, func(c *Conn) Handler {
			e := newEcho(c)
			if drained, err := c.Write([][]byte{AppendFrame(nil, OpText, []byte("open"))}); drained || err != nil {
				t.Error(drained, err)
			}
			synctest.Wait() // until the drain goroutine is done
			echoes <- e
			return e
		})
		c := s.connect(t, nil)
		c.expect("text open")
		<-(<-echoes).drained
	})
}

// failing is a connection of which writes fail.
type failing struct {
	script
	unblock chan struct{}
}

func (*failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

func (f *failing) Read([]byte) (int, error) {
	<-f.unblock
	return 0, io.EOF
}

func (f *failing) Close() error { close(f.unblock); return nil }

func TestWriteError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newConn(&failing{unblock: make(chan struct{})}, nil, &AcceptOptions{})
		e := newEcho(c)
		go c.Serve(e) // ends as the write fails
		if _, err := c.Write([][]byte{{1}}); err != nil {
			t.Error(err) // it has only been queued
		}
		if err := <-e.closed; !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("Closed(%v)", err)
		}
		synctest.Wait()
	})
	t.Run("reset", func(t *testing.T) {
		s, echoes := echoServer(t, "tcp", nil)
		c := s.connect(t, nil)
		e := <-echoes
		_ = c.Conn.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
		var err error
		for err == nil {
			_, err = e.conn.Write([][]byte{AppendFrame(nil, OpText, []byte("x"))})
		}
		if err := <-e.closed; err == nil || errors.Is(err, net.ErrClosed) {
			t.Errorf("Closed(%v), want the reason", err)
		}
	})
}

// TestPongsAreLast60: a peer that asks and does not read gets the last 60
// answers, in order.
func TestPongsAreLast60(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, echoes := echoServer(t, "memnet", nil)
		c := s.connect(t, nil)
		e := <-echoes
		big := make([]byte, 1<<20)
		_, _ = e.conn.Write([][]byte{AppendFrame(nil, OpBinary, big)})
		synctest.Wait() // the drain goroutine is blocked
		for i := range 1000 {
			c.send(frame(0x89, fmt.Sprint(i)))
		}
		synctest.Wait()
		c.expect(describe(OpBinary, big))
		for i := 940; i < 1000; i++ {
			c.expect(fmt.Sprint("pong ", i))
		}
		c.send(closing)
		c.expect(goodbye)
	})
}

// TestSendQueue writes random frames and pongs in pieces of random sizes.
func TestSendQueue(t *testing.T) {
	for seed := range uint64(40) {
		r := rand.New(rand.NewPCG(seed, 1))
		var q sendQueue
		var stream, want []byte
		var wantPongs []string
		size := 0
		for i := range 100 {
			for range r.IntN(3) {
				f := AppendFrame(nil, OpBinary, make([]byte, []int{0, 5, 5000, 20_000}[r.IntN(4)]))
				q.push([][]byte{f, nil})
				want = append(want, f...)
				size += len(f)
			}
			if r.IntN(2) == 0 && q.pongs.n < maxPongs {
				p := fmt.Sprint(i, sized(r.IntN(100)))
				if !q.pongs.add([]byte(p), false) {
					t.Fatal("no room for a pong")
				}
				wantPongs = append(wantPongs, "pong "+p)
			}
			buf := make([]byte, bufSize)
			for chunk := q.gather(buf); len(chunk) > 0 && r.IntN(3) > 0; chunk = q.gather(buf) {
				n := r.IntN(len(chunk) + 1)
				stream = append(stream, chunk[:n]...)
				q.advance(n)
			}
			if i == 99 {
				for chunk := q.gather(buf); len(chunk) > 0; chunk = q.gather(buf) {
					stream = append(stream, chunk...)
					q.advance(len(chunk))
				}
			}
		}
		if !q.empty() || q.size != 0 || q.frames != nil || q.begun != nil || q.pongs.buf != nil {
			t.Fatalf("seed %d: queue is not empty: %d bytes", seed, q.size)
		}
		frames, pongs := splitPongs((&client{tb: t}).describeAll(t, string(stream)))
		if wantFrames := (&client{tb: t}).describeAll(t, string(want)); !slices.Equal(frames, wantFrames) {
			t.Fatalf("seed %d: %d frames, want %d", seed, len(frames), len(wantFrames))
		}
		if !slices.Equal(pongs, wantPongs) {
			t.Fatalf("seed %d: pongs %q, want %q", seed, pongs, wantPongs)
		}
	}
}

// TestEverythingAtOnce: whatever happens at the same time, Closed comes once
// and nothing stays behind.
func TestEverythingAtOnce(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			var all []*echo
			for i := range 60 {
				c := s.connect(t, nil)
				e := <-echoes
				all = append(all, e)
				var wg sync.WaitGroup
				acts := []func(){
					func() { _, _ = e.conn.Write([][]byte{AppendFrame(nil, OpBinary, make([]byte, 300_000))}) },
					func() { _, _ = c.Write(repeat(join(text("x"), frame(0x89, "p")), 100)) },
					func() { e.conn.Close(StatusGoingAway, "") },
					func() { _, _ = c.Write(closing) },
					func() { e.conn.CloseNow() },
					func() { _ = c.Close() },
					func() { _, _ = io.CopyN(io.Discard, c.Conn, 1000) },
					func() { _ = e.conn.Buffered() },
				}
				for j, act := range acts {
					if (i>>(j%3))&1 == 0 || j == i%len(acts) {
						wg.Go(act)
					}
				}
				wg.Go(acts[4+i%2])
				wg.Wait()
				_ = c.Close()
			}
			s.running.Wait()
			for _, e := range all {
				if n := len(e.closed); n != 1 {
					t.Errorf("Closed was called %d times", n)
				}
			}
			noGoroutines(t)
		})
	}
}
