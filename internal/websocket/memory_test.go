package websocket

import (
	"runtime"
	"testing"
)

// inUse is what heap and stacks take after a collection.
func inUse() int {
	runtime.GC()
	runtime.GC() // the pools keep what they have for one more
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.HeapAlloc + m.StackInuse)
}

// TestAnnouncedMessages is T51: 1,000 connections announce a message of nearly
// the largest size and are silent.
func TestAnnouncedMessages(t *testing.T) {
	for _, kind := range []string{"tcp", "memnet"} {
		t.Run(kind, func(t *testing.T) {
			const conns = 1000
			s, _ := echoServer(t, kind, nil)
			var clients []*client
			for range conns {
				clients = append(clients, s.connect(t, nil))
			}
			announcement := join(frame(0x89, "x"), frame(0x82, sized(999_999))[:14])
			before := inUse()
			for _, c := range clients {
				c.send(announcement)
			}
			for _, c := range clients {
				c.expect("pong x")
			}
			if grown := inUse() - before; grown > 10<<20 {
				t.Errorf("grown by %d bytes", grown)
			}
		})
	}
}

// TestPingFlood is T58: a million pings from a client that does not read.
func TestPingFlood(t *testing.T) {
	for _, kind := range []string{"tcp", "tls", "memnet"} {
		t.Run(kind, func(t *testing.T) {
			s, echoes := echoServer(t, kind, nil)
			c := s.connect(t, nil)
			e := <-echoes
			flood := func(thousands int, payload string) {
				pings := repeat(frame(0x89, payload), 1000)
				for range thousands {
					c.send(pings)
				}
			}
			flood(100, sized(125)) // more than the kernel's buffers hold
			before := inUse()
			flood(100, sized(125))
			flood(800, "")
			// Unbounded pongs would take more than 10 MB. What the process does besides (TLS, the test itself) takes
			// up to some hundred KiB.
			if grown := inUse() - before; grown > 1<<20 {
				t.Errorf("grown by %d bytes", grown)
			}
			if n := e.conn.Buffered(); n > 64<<10 {
				t.Errorf("%d bytes are buffered", n)
			}
			e.conn.CloseNow()
			<-e.closed
			s.running.Wait()
			noGoroutines(t)
		})
	}
}

// idleConn measures what an idle connection takes: ours, without the client.
// Connections are made by a handshake over TCP, so net/http must have let go.
func idleConn(tb testing.TB, opts *AcceptOptions, handler func(*Conn) Handler) int {
	tb.Helper()
	const conns = 2000
	handlers := make(chan Handler, conns)
	s := serve(tb, "tcp", opts, func(c *Conn) Handler {
		h := handler(c)
		handlers <- h
		return h
	})
	clients := make([]*client, conns)
	for i := range clients {
		clients[i] = s.offer(tb, "permessage-deflate", nil)
		clients[i].r = nil
	}
	// Exchange something, so that buffers and stacks have been used.
	message := text(sized(1000))
	if opts != nil && opts.Deflate {
		message = frame(0xc1, deflated(sized(100_000)))
	}
	for _, c := range clients {
		c.send(join(message, frame(0x89, "")))
	}
	for range clients {
		<-handlers
	}
	buf := make([]byte, 2)
	for _, c := range clients {
		if _, err := c.Read(buf); err != nil || string(buf) != "\x8a\x00" {
			tb.Fatalf("pong: %q, %v", buf, err)
		}
	}
	with := inUse()
	for _, c := range clients {
		_ = c.Conn.Close()
	}
	s.running.Wait()
	// What remains is the clients and the server itself.
	return (with - inUse()) / conns
}

type silent struct{ conn *Conn }

func newSilent(c *Conn) Handler { return &silent{c} }

func (*silent) Message(Opcode, []byte) {}
func (*silent) BatchDone()             {}
func (*silent) Drained()               {}
func (*silent) Closed(error)           {}

func TestIdleConn(t *testing.T) {
	if n := idleConn(t, nil, newSilent); n > 8<<10 {
		t.Errorf("an idle connection takes %d bytes", n)
	} else {
		t.Logf("an idle connection takes %d bytes", n)
	}
}

// deep is a silent Handler that uses some stack, as one that does something
// would. To decompress takes some, too, and Go does not take it back.
type deep struct{ silent }

func (*deep) Message(_ Opcode, data []byte) {
	var b [2 << 10]byte
	useStack(b[:copy(b[:], data)])
}

//go:noinline
func useStack(b []byte) { clear(b) }

func newDeep(c *Conn) Handler { return &deep{silent{c}} }

// TestIdleConnDeflate: to have received compressed messages, and to be allowed
// more of them, costs nothing.
func TestIdleConnDeflate(t *testing.T) {
	plain := idleConn(t, nil, newDeep)
	compressing := idleConn(t, &AcceptOptions{Deflate: true}, newDeep)
	t.Logf("an idle connection takes %d bytes, one that may compress %d", plain, compressing)
	if compressing > plain+2000 { // it differs from run to run, and the state of a decompressor would be 40,000
		t.Error("that is too much")
	}
}

func BenchmarkIdleConn(b *testing.B) {
	total := 0
	for b.Loop() {
		total += idleConn(b, nil, newSilent)
	}
	b.ReportMetric(float64(total)/float64(b.N), "B/conn")
}
