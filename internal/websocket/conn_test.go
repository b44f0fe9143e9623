package websocket

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

var kinds = []string{"tcp", "tls", "unix", "memnet"}

// noGoroutines waits until nothing of this package runs any more.
func noGoroutines(t *testing.T) {
	t.Helper()
	buf := make([]byte, 1<<20)
	for deadline := time.After(10 * time.Second); ; {
		stacks := buf[:runtime.Stack(buf, true)]
		if !bytes.Contains(stacks, []byte("internal/websocket.(*Conn)")) {
			return
		}
		select {
		case <-deadline:
			t.Fatalf("goroutines left:\n%s", stacks)
		case <-time.After(time.Millisecond):
		}
	}
}

func TestServerCloses(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			c := s.connect(t, nil)
			e := <-echoes
			if _, err := e.conn.Write([][]byte{AppendFrame(nil, OpText, []byte("last words"))}); err != nil {
				t.Fatal(err)
			}
			e.conn.Close(StatusGoingAway, "bye")
			e.conn.Close(StatusNormalClosure, "not sent")
			if _, err := e.conn.Write(nil); !errors.Is(err, net.ErrClosed) {
				t.Errorf("Write after Close: %v", err)
			}
			c.expect("text last words")
			c.expect("close 1001 bye")
			// The peer's close frame comes behind what it had under way.
			c.send(join(text("late"), frame(0x89, "unanswered"), frame(0x88, closePayload(1001, "you too"))))
			c.expectEnd()
			err := <-e.closed
			if peer, ok := errors.AsType[*CloseError](err); !ok || *peer != (CloseError{StatusGoingAway, "you too"}) {
				t.Errorf("Closed(%v)", err)
			}
			s.running.Wait()
			noGoroutines(t)
		})
	}
}

func TestCloseFrame(t *testing.T) {
	tests := []struct {
		name   string
		code   StatusCode
		reason string
		want   string
	}{
		{"no status", 0, "ignored", ""},
		{"1005", StatusNoStatus, "ignored", ""},
		{"code", StatusNormalClosure, "", closePayload(1000, "")},
		{"reason", 4000, "why", closePayload(4000, "why")},
		{"1006 is not sent", StatusAbnormalClosure, "", closePayload(1011, "")},
		{"1015 is not sent", 1015, "", closePayload(1011, "")},
		{"999 is not sent", 999, "", closePayload(1011, "")},
		{"123 bytes", 1000, sized(123), closePayload(1000, sized(123))},
		{"124 bytes", 1000, sized(124), closePayload(1000, sized(123))},
		{"cut within a code point", 1000, sized(122) + "é", closePayload(1000, sized(122))},
		{"cut within a long code point", 1000, sized(120) + "\U0001f600", closePayload(1000, sized(120))},
		{"not UTF-8", 1000, "a\xffb", closePayload(1000, "a\uFFFDb")},
		{"all cut bytes are continuations", 1000, strings.Repeat("\xbf", 200), closePayload(1000, "\uFFFD")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got, want := closeFrame(tt.code, tt.reason), AppendFrame(nil, OpClose, []byte(tt.want)); !bytes.Equal(got, want) {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestCloseTimeout: the peer does not answer, and the peer does not read.
func TestCloseTimeout(t *testing.T) {
	for _, size := range []int{0, 1 << 20} {
		t.Run(fmt.Sprint(size, " bytes before"), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, echoes := echoServer(t, "memnet", nil)
				c := s.connect(t, nil)
				e := <-echoes
				begin := time.Now()
				_, _ = e.conn.Write([][]byte{AppendFrame(nil, OpBinary, make([]byte, size))})
				e.conn.Close(StatusNormalClosure, "")
				if err := <-e.closed; !errors.Is(err, ErrCloseTimeout) {
					t.Errorf("Closed(%v)", err)
				}
				if d := time.Since(begin); d != closeTimeout {
					t.Errorf("after %v", d)
				}
				if n := e.conn.Buffered(); n > maxBlockingWrite {
					t.Errorf("%d bytes are still held", n)
				}
				_ = c.Close()
			})
		})
	}
}

// TestPeerClosesUnread: the peer closes without having read what is queued. It
// has the time of a close timeout to do so.
func TestPeerClosesUnread(t *testing.T) {
	for _, reads := range []bool{true, false} {
		t.Run(fmt.Sprintf("reads=%v", reads), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, echoes := echoServer(t, "memnet", nil)
				c := s.connect(t, nil)
				e := <-echoes
				big := make([]byte, 1<<20)
				if drained, err := e.conn.Write([][]byte{AppendFrame(nil, OpBinary, big)}); drained || err != nil {
					t.Fatal(drained, err)
				}
				c.send(closing)
				if _, ok := errors.AsType[*CloseError](<-e.closed); !ok {
					t.Error("not closed by the peer")
				}
				synctest.Wait()
				begin := time.Now()
				if reads {
					time.Sleep(closeTimeout - 1) // fake time
					c.expect(describe(OpBinary, big))
					c.expect(goodbye)
					c.expectEnd()
				} else {
					time.Sleep(closeTimeout) // fake time
					synctest.Wait()
					if _, err := io.Copy(io.Discard, c.r); err != nil || time.Since(begin) != closeTimeout {
						t.Errorf("%v after %v", err, time.Since(begin))
					}
				}
				if len(e.drained) > 0 {
					t.Error("Drained after Closed")
				}
			})
		})
	}
}

func TestIdleForAnHour(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := echoServer(t, "memnet", nil)
		c := s.connect(t, nil)
		_ = c.SetDeadline(time.Time{})
		time.Sleep(time.Hour) // fake time
		c.send(join(text("still there?"), closing))
		c.expect("text still there?")
		c.expect(goodbye)
	})
}

func TestCloseNow(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			c := s.connect(t, nil)
			e := <-echoes
			e.conn.CloseNow()
			e.conn.CloseNow()
			e.conn.Close(StatusNormalClosure, "")
			if err := <-e.closed; !errors.Is(err, net.ErrClosed) {
				t.Errorf("Closed(%v)", err)
			}
			if _, err := e.conn.Write([][]byte{{1}}); !errors.Is(err, net.ErrClosed) || e.conn.Buffered() != 0 {
				t.Errorf("Write: %v, %d buffered", err, e.conn.Buffered())
			}
			if _, _, err := c.readFrame(); err == nil {
				t.Error("the client received a frame")
			}
			s.running.Wait()
			noGoroutines(t)
		})
	}
}

// closer is a Handler that drops its connection at the first message.
type closer struct {
	echo
	messages int
}

func (c *closer) Message(Opcode, []byte) {
	c.messages++
	c.conn.CloseNow()
}

func TestCloseNowInMessage(t *testing.T) {
	handlers := make(chan *closer, 1)
	s := serve(t, "tcp", nil, func(c *Conn) Handler {
		h := &closer{echo: *newEcho(c)}
		handlers <- h
		return h
	})
	s.connect(t, repeat(text("x"), 100))
	h := <-handlers
	if err := <-h.closed; !errors.Is(err, net.ErrClosed) || h.messages != 1 {
		t.Errorf("Closed(%v) after %d messages", err, h.messages)
	}
}

// TestEndOfConnection: data and FIN in one segment must not leave a
// connection behind, whatever the moment; nor must a reset.
func TestEndOfConnection(t *testing.T) {
	const conns = 300
	s, echoes := echoServer(t, "tcp", nil)
	for i := range conns {
		c := s.connect(t, nil)
		tcp := c.Conn.(*net.TCPConn)
		switch i % 3 {
		case 0:
			c.send(text("x"))
			_ = c.Close()
		case 1:
			c.send(text("incomplete")[:7])
			_ = tcp.CloseWrite()
		case 2:
			_ = tcp.SetLinger(0)
			_ = c.Close()
		}
	}
	for range conns {
		err := <-(<-echoes).closed
		if !errors.Is(err, io.EOF) && !errors.Is(err, syscall.ECONNRESET) && !errors.Is(err, syscall.EPIPE) {
			t.Errorf("Closed(%v)", err)
		}
	}
	s.running.Wait()
	noGoroutines(t)
}

// TestTooBigIsTold is T12: the client learns why, although it was sending.
func TestTooBigIsTold(t *testing.T) {
	for _, kind := range []string{"tcp", "tls", "unix"} {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			for range 20 {
				c := s.connect(t, nil)
				c.send(text(sized(1_100_000)))
				c.expect("close 1009")
				c.expectEnd()
				_ = c.Close()
				if err := <-(<-echoes).closed; !errors.Is(err, ErrMessageTooBig) {
					t.Errorf("Closed(%v)", err)
				}
			}
			s.running.Wait()
		})
	}
}

// TestLingerEnds: a peer that was failed and goes on sending, or does nothing,
// is not listened to for ever.
func TestLingerEnds(t *testing.T) {
	s, echoes := echoServer(t, "tcp", nil)
	c := s.connect(t, []byte("test"))
	<-echoes
	c.expect(failed)
	junk := make([]byte, 64<<10)
	for err := error(nil); err == nil; {
		_, err = c.Write(junk)
	}
	s.running.Wait()
}

func TestNoMessageAfterFailure(t *testing.T) {
	s, echoes := echoServer(t, "tcp", nil)
	c := s.connect(t, join(text("good"), []byte("bad")))
	c.expect("text good")
	c.expect(failed)
	c.send(text("ignored"))
	c.expectEnd()
	if err := <-(<-echoes).closed; !errors.Is(err, ErrProtocol) {
		t.Errorf("Closed(%v)", err)
	}
}

// script is a connection that returns prepared reads and records writes.
type script struct {
	net.Conn // nil: nothing else is called

	reads  [][]byte
	writes chan string
	closed atomic.Bool
}

func (s *script) Read(b []byte) (int, error) {
	if len(s.reads) == 0 {
		return 0, io.EOF
	}
	n := copy(b, s.reads[0])
	if s.reads[0] = s.reads[0][n:]; len(s.reads[0]) == 0 {
		s.reads = s.reads[1:]
	}
	return n, nil
}

func (s *script) Write(b []byte) (int, error) {
	s.writes <- string(b)
	return len(b), nil
}

func (s *script) Close() error { s.closed.Store(true); return nil }

// calls is a Handler that writes down how it is called, and echoes.
type calls struct {
	echo
	log []string
}

func (c *calls) Message(op Opcode, data []byte) {
	c.log = append(c.log, describe(op, data))
	c.echo.Message(op, data)
}

func (c *calls) BatchDone() {
	c.log = append(c.log, "batch")
	c.echo.BatchDone()
}

func (c *calls) Closed(err error) {
	c.log = append(c.log, fmt.Sprint("closed ", err))
	c.echo.Closed(err)
}

func TestBatches(t *testing.T) {
	s := &script{writes: make(chan string, 10), reads: [][]byte{
		join(text("b"), frame(0x89, "p"), text("c")),
		frame(0x89, "alone"),
		text("d")[:3],
		text("d")[3:],
		join(text("e"), closing, text("ignored")),
	}}
	c := newConn(s, join(frame(0x89, "early"), text("a")), &AcceptOptions{})
	h := &calls{echo: *newEcho(c)}
	c.Serve(h)
	want := []string{
		"text a", "batch", "text b", "text c", "batch", "text d", "batch", "text e", "batch",
		`closed websocket: closed by the peer with code 1000, reason ""`,
	}
	if !slices.Equal(h.log, want) {
		t.Errorf("got %q, want %q", h.log, want)
	}
	noGoroutines(t)
	if !s.closed.Load() {
		t.Error("not closed")
	}
	close(s.writes)
	var all string
	for w := range s.writes {
		all += w
	}
	c2 := &client{tb: t}
	if got, want := c2.describeAll(t, all), []string{
		"pong early", "text a", "pong p", "text b", "text c", "pong alone", "text d", "text e", goodbye,
	}; !equalButPongs(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestOneWritePerBatch: pongs and answers of a batch leave together.
func TestOneWritePerBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &script{writes: make(chan string, 10)}
		c := newConn(s, nil, &AcceptOptions{})
		c.handler = newEcho(c)
		if err := c.process(join(text("a"), frame(0x89, "p"), text("b"), frame(0x89, "q")), nil); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		got := (&client{tb: t}).describeAll(t, <-s.writes)
		if want := []string{"pong p", "pong q", "text a", "text b"}; !slices.Equal(got, want) {
			t.Errorf("first write %q, want %q", got, want)
		}
		if len(s.writes) > 0 {
			t.Error("more than one write")
		}
	})
}
