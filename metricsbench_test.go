package socketio_test

import (
	"runtime"
	"sync/atomic"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/metrics"
)

// BenchmarkMetrics is what ServerOptions.Metrics costs: an event that is sent, or broadcast to 100, over loopback TCP,
// and one that is received.
func BenchmarkMetrics(b *testing.B) {
	const wire = `42["message","room","hello, everybody"]`
	for _, row := range []struct {
		name string
		opts socketio.ServerOptions
	}{{"nil", socketio.ServerOptions{}}, {"Counters", socketio.ServerOptions{Metrics: new(metrics.Counters)}}} {
		for name, clients := range map[string]int{"emit": 1, "broadcast": 100} {
			b.Run(name+"/"+row.name, func(b *testing.B) {
				s := benchServerWith(b, nil, &row.opts)
				for range clients {
					s.drain(s.dial())
				}
				s.settle(clients)
				b.ReportAllocs()
				sent, size := s.received.Load(), serverFrame(wire)*int64(clients)
				for i := 0; b.Loop(); i++ {
					if err := s.Emit("message", "room", "hello, everybody"); err != nil {
						b.Fatal(err)
					}
					if sent += size; i%64 == 63 {
						s.await(sent)
					}
				}
				s.await(sent)
			})
		}
		b.Run("received/"+row.name, func(b *testing.B) {
			s := benchServerWith(b, nil, &row.opts)
			var handled atomic.Int64
			s.Handle("message", func(*socketio.Message) { handled.Add(1) })
			s.dial()
			socket := s.socket()
			packet := []byte(wire[1:])
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
