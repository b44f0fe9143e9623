package socketio_test

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

type benchMessage struct {
	User string   `json:"user"`
	Text string   `json:"text"`
	Tags []string `json:"tags"`
	Seq  int      `json:"seq"`
}

var benchArg = benchMessage{"bob", "hello, everybody out there! how are you?", []string{"a"}, 17}

// A benchServer is a server on loopback TCP, or in memory.
type benchServer struct {
	*socketio.Server
	b    *testing.B
	http *http.Server
	addr string

	received atomic.Int64 // bytes that clients have read
}

func newBenchServer(b *testing.B, l net.Listener) *benchServer {
	b.Helper()
	return benchServerWith(b, l, nil)
}

func benchServerWith(b *testing.B, l net.Listener, opts *socketio.ServerOptions) *benchServer {
	b.Helper()
	if l == nil {
		var err error
		if l, err = net.Listen("tcp", "127.0.0.1:0"); err != nil {
			b.Fatal(err)
		}
	}
	s := &benchServer{Server: socketio.NewServer(opts), b: b, addr: l.Addr().String()}
	s.http = &http.Server{Handler: s.Server}
	var wg sync.WaitGroup
	wg.Go(func() { _ = s.http.Serve(l) }) // ends with Close
	b.Cleanup(func() {
		_ = s.Server.Close()
		_ = s.http.Close()
		wg.Wait()
	})
	return s
}

// dial opens a connection that has joined the main namespace.
func (s *benchServer) dial() net.Conn {
	s.b.Helper()
	conn, err := dialTCP(s.addr)
	if err != nil {
		s.b.Fatal(err)
	}
	s.b.Cleanup(func() { conn.Close() })
	return conn
}

// drain reads and counts.
func (s *benchServer) drain(conn net.Conn) {
	go func() { // ends with the connection
		buf := make([]byte, 64<<10)
		for {
			n, err := conn.Read(buf)
			s.received.Add(int64(n))
			if err != nil {
				return
			}
		}
	}()
}

// await waits until the clients have read that much.
func (s *benchServer) await(bytes int64) {
	for s.received.Load() < bytes {
		runtime.Gosched()
	}
}

// socket waits for the only socket.
func (s *benchServer) socket() *socketio.Socket {
	for {
		for socket := range s.Sockets() {
			return socket
		}
		runtime.Gosched()
	}
}

// serverFrame is how long the frame of a text is that the server sends.
func serverFrame(text string) int64 {
	if len(text) < 126 {
		return int64(2 + len(text))
	}
	return int64(4 + len(text))
}

// BenchmarkEmit encodes an event and sends it to a client: on loopback TCP, and in memory.
func BenchmarkEmit(b *testing.B) {
	for _, bench := range []struct {
		name string
		args []any
		wire string
	}{
		{"Words", []any{"room", "hello, everybody"}, `42["message","room","hello, everybody"]`},
		{"Struct", []any{&benchArg}, `42["message",{"user":"bob","text":"hello, everybody out there! how are you?","tags":["a"],"seq":17}]`},
		{"1KiB", []any{strings.Repeat("x", 1024)}, `42["message","` + strings.Repeat("x", 1024) + `"]`},
	} {
		run := func(b *testing.B, s *benchServer) {
			socket := s.socket()
			b.ReportAllocs()
			sent, size := s.received.Load(), serverFrame(bench.wire)
			for i := 0; b.Loop(); i++ {
				if err := socket.Emit("message", bench.args...); err != nil {
					b.Fatal(err)
				}
				if sent += size; i%256 == 255 {
					s.await(sent)
				}
			}
			s.await(sent)
		}
		b.Run(bench.name+"/tcp", func(b *testing.B) {
			s := newBenchServer(b, nil)
			s.drain(s.dial())
			run(b, s)
		})
		b.Run(bench.name+"/memory", func(b *testing.B) { run(b, newSinkServer(b, 1)) })
	}
}

// BenchmarkTypedEmit is what an Event adds to Emit and EmitWithAck of the same value.
func BenchmarkTypedEmit(b *testing.B) {
	const message socketio.Event[benchMessage] = "message"
	bench := func(name string, emit func(*socketio.Socket) error) {
		b.Run(name, func(b *testing.B) {
			s := newSinkServer(b, 1)
			socket := s.socket()
			wire := `42["message",{"user":"bob","text":"hello, everybody out there! how are you?","tags":["a"],"seq":17}]`
			sent, size := s.received.Load(), serverFrame(wire)
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				if err := emit(socket); err != nil {
					b.Fatal(err)
				}
				if sent += size; i%256 == 255 {
					s.await(sent)
				}
			}
			s.await(sent)
		})
	}
	bench("untyped", func(s *socketio.Socket) error { return s.Emit("message", benchArg) })
	bench("typed", func(s *socketio.Socket) error { return message.Emit(s, benchArg) })
	bench("untyped/Emitter", func(s *socketio.Socket) error { return s.Compress(false).Emit("message", benchArg) })
	bench("typed/Emitter", func(s *socketio.Socket) error { return message.Emit(s.Compress(false), benchArg) })
}

// BenchmarkDispatch decodes an event and calls its handler, on the goroutine of the inbox, as a connection under load
// does.
func BenchmarkDispatch(b *testing.B) {
	var handled atomic.Int64
	for _, bench := range []struct {
		name, packet string
		handler      any // or a func(*benchServer) that registers one
	}{
		{"Message", `2["message","room","hello, everybody"]`, func(*socketio.Message) { handled.Add(1) }},
		{"Words", `2["message","room","hello, everybody"]`, func(_, _ string) { handled.Add(1) }},
		{"Scan", `2["message","room","hello, everybody"]`, func(m *socketio.Message) {
			var room, text string
			_ = m.Scan(&room, &text)
			handled.Add(1)
		}},
		{
			"Struct", `2["message",{"user":"bob","text":"hello, everybody out there! how are you?","tags":["a"],"seq":17}]`,
			func(benchMessage) { handled.Add(1) },
		},
		{"Text", `2["message","hello, everybody"]`, func(string) { handled.Add(1) }},
		{"Text/typed", `2["message","hello, everybody"]`, func(s *benchServer) {
			socketio.Event[string]("message").Handle(s.Server, func(*socketio.Socket, string) { handled.Add(1) })
		}},
		{
			"Struct/typed",
			`2["message",{"user":"bob","text":"hello, everybody out there! how are you?","tags":["a"],"seq":17}]`,
			func(s *benchServer) {
				socketio.Event[benchMessage]("message").Handle(s.Server, func(*socketio.Socket, benchMessage) { handled.Add(1) })
			},
		},
		{"Any", `2["message","room",{"a":1}]`, func(_, _ any) { handled.Add(1) }},
	} {
		b.Run(bench.name, func(b *testing.B) {
			s := newBenchServer(b, nil)
			if register, ok := bench.handler.(func(*benchServer)); ok {
				register(s)
			} else {
				s.Handle("message", bench.handler)
			}
			s.dial()
			socket := s.socket()
			packet := []byte(bench.packet)
			handled.Store(0)
			b.ReportAllocs()
			n := int64(0)
			for b.Loop() {
				socket.Receive(packet)
				n++
			}
			for handled.Load() < n {
				runtime.Gosched()
			}
		})
	}
}

// BenchmarkAck is a round trip on loopback TCP.
func BenchmarkAck(b *testing.B) {
	b.Run("OfServer", func(b *testing.B) { // the client asks
		s := newBenchServer(b, nil)
		s.Handle("echo", func(text string) string { return text })
		conn := s.dial()
		request, buf := textFrame(`421["echo","hello"]`), make([]byte, 128)
		answer := 2 + len(`431["hello"]`)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := conn.Write(request); err != nil {
				b.Fatal(err)
			}
			if _, err := io.ReadFull(conn, buf[:answer]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("OfClient", func(b *testing.B) { // the server asks; what the client allocates counts as well
		s := newBenchServer(b, nil)
		conn := s.dial()
		go func() { // ends with the connection
			buf := make([]byte, 128)
			for {
				n, err := conn.Read(buf)
				if err != nil {
					return
				}
				id, _, _ := strings.Cut(string(buf[4:n]), "[") // behind the frame's header and "42"
				_, _ = conn.Write(textFrame("43" + id + `["hello"]`))
			}
		}()
		socket := s.socket()
		b.ReportAllocs()
		for b.Loop() {
			if _, err := socket.EmitWithAck(b.Context(), "ask"); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkBroadcast sends one event to all sockets: 1 and 100 on loopback TCP, where the kernel's work counts, and
// 10,000 in memory, where it does not; but there each write starts a goroutine, as a connection that is no socket of the
// system cannot be written to without waiting.
func BenchmarkBroadcast(b *testing.B) {
	const wire = `42["message","room","hello, everybody"]`
	run := func(b *testing.B, s *benchServer, n int) {
		b.ReportAllocs()
		sent, size := s.received.Load(), serverFrame(wire)*int64(n)
		for i := 0; b.Loop(); i++ {
			if err := s.Emit("message", "room", "hello, everybody"); err != nil {
				b.Fatal(err)
			}
			if sent += size; i%64 == 63 {
				s.await(sent)
			}
		}
		s.await(sent)
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/recipient")
	}
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			s := newBenchServer(b, nil)
			for range n {
				s.drain(s.dial())
			}
			s.settle(n)
			run(b, s, n)
		})
	}
	b.Run("10000", func(b *testing.B) {
		const n = 10_000
		run(b, newSinkServer(b, n), n)
	})
}

// BenchmarkJoin joins a room and leaves it, with and without somebody who listens to that.
func BenchmarkJoin(b *testing.B) {
	for _, listeners := range []int{0, 1} {
		b.Run(fmt.Sprint(listeners), func(b *testing.B) {
			s := newSinkServer(b, 1)
			socket := s.socket()
			for range listeners {
				s.OnJoinRoom(func(string, string) {})
			}
			b.ReportAllocs()
			for b.Loop() {
				socket.Join("room")
				socket.Leave("room")
			}
		})
	}
}

// BenchmarkIdle measures what an idle WebSocket costs, the client's end aside that the same process keeps: a
// net.TCPConn of about 300 bytes. The time is that of opening and closing all.
func BenchmarkIdle(b *testing.B) {
	const n = 2000
	memory := func() (heap, stacks float64) {
		runtime.GC()
		runtime.GC() // what pools held
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / 1024, float64(m.StackInuse) / 1024
	}
	s := newBenchServer(b, nil)
	for b.Loop() {
		goroutines := runtime.NumGoroutine()
		heap0, stacks0 := memory()
		conns := make([]net.Conn, n)
		for i := range conns {
			conns[i] = s.dial()
		}
		for sockets, _ := s.Occupancy(); sockets < n; sockets, _ = s.Occupancy() {
			runtime.Gosched()
		}
		heap, stacks := memory()
		b.ReportMetric((heap-heap0+stacks-stacks0)/n, "KiB/conn")
		b.ReportMetric((stacks-stacks0)/n, "stackKiB/conn")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/n, "goroutines/conn")
		for _, conn := range conns {
			conn.Close()
		}
		for s.ConnectionCount() > 0 {
			runtime.Gosched()
		}
	}
}

const handshake = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n" +
	"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"

// newSinkServer makes a server with n connections in memory.
func newSinkServer(b *testing.B, n int) *benchServer {
	b.Helper()
	l := &sinkListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	s := newBenchServer(b, l)
	for range n {
		l.conns <- &sink{received: &s.received, script: []byte(handshake), closed: make(chan struct{})}
	}
	s.settle(n)
	return s
}

// settle waits until all clients have joined, and what they were answered has been counted.
func (s *benchServer) settle(n int) {
	for sockets, _ := s.Occupancy(); sockets < n; sockets, _ = s.Occupancy() {
		runtime.Gosched()
	}
	synced := make(chan struct{})
	time.AfterFunc(100*time.Millisecond, func() { close(synced) })
	<-synced
}

// A sinkListener accepts what is put into conns.
type sinkListener struct {
	conns  chan net.Conn
	closed chan struct{}
}

func (l *sinkListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *sinkListener) Close() error   { close(l.closed); return nil }
func (l *sinkListener) Addr() net.Addr { return &net.TCPAddr{} }

// A sink is the server's end of a connection whose client reads at once and says nothing after its script.
type sink struct {
	received *atomic.Int64
	closed   chan struct{}
	once     sync.Once

	script []byte
	joined bool
}

func (s *sink) Read(p []byte) (int, error) {
	if len(s.script) == 0 && !s.joined {
		s.joined = true
		s.script = textFrame("40")
	}
	if len(s.script) > 0 {
		n := copy(p, s.script)
		s.script = s.script[n:]
		return n, nil
	}
	<-s.closed
	return 0, errors.New("closed")
}

func (s *sink) Write(p []byte) (int, error) {
	s.received.Add(int64(len(p)))
	return len(p), nil
}

func (s *sink) Close() error {
	s.once.Do(func() { close(s.closed) })
	return nil
}

func (*sink) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (*sink) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (*sink) SetDeadline(time.Time) error      { return nil }
func (*sink) SetReadDeadline(time.Time) error  { return nil }
func (*sink) SetWriteDeadline(time.Time) error { return nil }
