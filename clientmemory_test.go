package socketio_test

import (
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"

	"github.com/socketio-go/socketio"
)

// idleClients measures what one of many idle clients takes, beside what its server does and the bare connection that
// it is compared with: bytes of heap and stacks, and goroutines.
func idleClients(tb testing.TB, n int, opts *socketio.ClientOptions) (bytes, goroutines float64) {
	tb.Helper()
	io := socketio.NewServer(nil)
	io.Handle("are you there", func(m *socketio.Message) { _ = m.Ack() })
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	host := httptest.NewServer(mux)
	defer host.Close()
	defer io.Close()
	use := func() (bytes, goroutines float64) {
		for range 4 { // what pools held, and stacks that a handshake has made grow
			runtime.GC()
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc + m.StackInuse), float64(runtime.NumGoroutine())
	}
	grown := func(connect func() (closeAll func())) (bytes, goroutines float64) {
		bytes0, goroutines0 := use()
		closeAll := connect()
		for len(sockets(io)) < n {
			runtime.Gosched()
		}
		bytes, goroutines = use()
		closeAll()
		for io.ConnectionCount() > 0 {
			runtime.Gosched()
		}
		return (bytes - bytes0) / float64(n), (goroutines - goroutines0) / float64(n)
	}
	bare := func() func() {
		conns := make([]net.Conn, n)
		for i := range conns {
			var err error
			if conns[i], err = dialTCP(host.Listener.Addr().String()); err != nil {
				tb.Fatal(err)
			}
		}
		return func() {
			for _, c := range conns {
				c.Close()
			}
		}
	}
	clients := func() func() {
		list := make([]*socketio.Client, n)
		for i := range list {
			list[i] = socketio.NewClient(host.URL, opts)
			if err := list[i].Connect(tb.Context()); err != nil {
				tb.Fatal(err)
			}
			// One after the other: what many upgrades at once need for a moment leaves holes between the stacks that
			// stay, and StackInuse counts those.
			for list[i].Conn().Transport() != "websocket" {
				if _, err := list[i].EmitWithAck(tb.Context(), "are you there"); err != nil {
					tb.Fatal(err)
				}
			}
		}
		return func() {
			for _, c := range list {
				c.Close()
			}
		}
	}
	grown(clients) // what is made once
	bareBytes, bareGoroutines := grown(bare)
	bytes, goroutines = grown(clients)
	return bytes - bareBytes, goroutines - bareGoroutines
}

func sockets(io *socketio.Server) (list []*socketio.Socket) {
	for s := range io.Sockets() {
		list = append(list, s)
	}
	return list
}

// TestIdleClientAllocs holds one idle client, which has come to its WebSocket by an upgrade or directly, to its bar.
func TestIdleClientAllocs(t *testing.T) {
	for name, opts := range map[string]*socketio.ClientOptions{
		"websocket": {Transports: []string{"websocket"}},
		"upgrade":   nil,
	} {
		t.Run(name, func(t *testing.T) {
			for tries := 1; ; tries++ {
				bytes, goroutines := idleClients(t, 400, opts)
				t.Logf("%.0f bytes, %.2f goroutines", bytes, goroutines)
				if (bytes <= 12<<10 || raceDetector) && goroutines <= 2 {
					return
				}
				if tries == 5 { // pools, also those of the server, hold more or less
					t.Fatal("an idle client takes more than 12 KiB or 2 goroutines")
				}
			}
		})
	}
}

func BenchmarkIdleClient(b *testing.B) {
	for name, opts := range map[string]*socketio.ClientOptions{
		"websocket": {Transports: []string{"websocket"}},
		"upgrade":   nil,
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				bytes, goroutines := idleClients(b, 1000, opts)
				b.ReportMetric(bytes/1024, "KiB/client")
				b.ReportMetric(goroutines, "goroutines/client")
			}
		})
	}
}

// BenchmarkClientEcho is an event to a server in the same process, over loopback TCP, and its acknowledgement.
func BenchmarkClientEcho(b *testing.B) {
	s := newBenchServer(b, nil)
	s.Handle("echo", func(m *socketio.Message) { _ = m.Ack(7) })
	c := socketio.NewClient("http://"+s.addr, &socketio.ClientOptions{Transports: []string{"websocket"}})
	defer c.Close()
	if err := c.Connect(b.Context()); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := c.EmitWithAck(b.Context(), "echo", &benchArg); err != nil {
			b.Fatal(err)
		}
	}
}
