package engineio_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/socketio-go/socketio/engineio"
)

// An echoer waits for each message.
type echoer struct{ got chan struct{} }

func (e echoer) Message([]byte, bool)                   { e.got <- struct{}{} }
func (echoer) BatchDone()                               {}
func (echoer) Close(engineio.CloseReason, error)        {}
func (e echoer) open(*engineio.Client) engineio.Handler { return e }

// BenchmarkClientEcho sends a message and waits until it comes back, both ends in one process.
func BenchmarkClientEcho(b *testing.B) {
	for name, o := range map[string]engineio.ClientOptions{"polling": pollingOnly, "websocket": webSocketOnly} {
		b.Run(name, func(b *testing.B) {
			host := serveTCP(b, func(s *engineio.Session) engineio.Handler {
				return &peer{Session: s, app: &app{onMessage: echo}, done: make(chan struct{})}
			})
			e := echoer{make(chan struct{}, 1)}
			c, err := engineio.Dial(b.Context(), host.URL+path, &o, e.open)
			if err != nil {
				b.Fatal(err)
			}
			message := text(strings.Repeat("x", 16))
			b.ReportAllocs()
			for b.Loop() {
				if err := c.Send(0, message); err != nil {
					b.Fatal(err)
				}
				<-e.got
			}
			c.Close()
			<-c.Done()
		})
	}
}

// BenchmarkClientIdle measures what an idle client on a WebSocket costs, and the server's end of it, which has another
// goroutine. The time is that of opening and closing all.
func BenchmarkClientIdle(b *testing.B) {
	const n = 500
	memory := func() float64 {
		runtime.GC()
		runtime.GC() // what pools held
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc+m.StackInuse) / 1024
	}
	host := serveTCP(b, func(s *engineio.Session) engineio.Handler {
		return &peer{Session: s, app: &app{}, done: make(chan struct{})}
	})
	for b.Loop() {
		before, goroutines := memory(), runtime.NumGoroutine()
		clients := make([]*engineio.Client, n)
		for i := range clients {
			c, err := engineio.Dial(b.Context(), host.URL+path, &webSocketOnly, echoer{}.open)
			if err != nil {
				b.Fatal(err)
			}
			clients[i] = c
		}
		for range 1000 {
			runtime.Gosched() // the goroutines of net/http end
		}
		b.ReportMetric((memory()-before)/n, "KiB/client")
		b.ReportMetric(float64(runtime.NumGoroutine()-goroutines)/n, "goroutines/client")
		for _, c := range clients {
			c.Close()
			<-c.Done()
		}
	}
}
