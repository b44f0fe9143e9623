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
func idleConn(tb testing.TB, conns int) int {
	tb.Helper()
	handlers := make(chan *silent, conns)
	s := serve(tb, "tcp", nil, func(c *Conn) Handler {
		h := &silent{conn: c}
		handlers <- h
		return h
	})
	clients := make([]*client, conns)
	for i := range clients {
		clients[i] = s.connect(tb, nil)
		clients[i].r = nil
	}
	// Exchange something, so that buffers and stacks have been used.
	for _, c := range clients {
		c.send(join(text(sized(1000)), frame(0x89, "")))
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

func (*silent) Message(Opcode, []byte) {}
func (*silent) BatchDone()             {}
func (*silent) Drained()               {}
func (*silent) Closed(error)           {}

func TestIdleConn(t *testing.T) {
	if n := idleConn(t, 2000); n > 8<<10 {
		t.Errorf("an idle connection takes %d bytes", n)
	} else {
		t.Logf("an idle connection takes %d bytes", n)
	}
}

func BenchmarkIdleConn(b *testing.B) {
	total := 0
	for b.Loop() {
		total += idleConn(b, 2000)
	}
	b.ReportMetric(float64(total)/float64(b.N), "B/conn")
}
