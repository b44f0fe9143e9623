package socketio_test

import (
	"expvar"
	"fmt"
	"log/slog"
	"net/http"
	"os"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/metrics"
)

// The log goes to a slog.Logger, and what is counted to a Recorder: Counters serve it to Prometheus.
func ExampleServerOptions_observability() {
	counters := new(metrics.Counters)
	io := socketio.NewServer(&socketio.ServerOptions{
		Logger:  slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelInfo})),
		Metrics: counters,
	})
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	mux.Handle("GET /metrics", counters) // better on a port that only you can reach
}

// An expvarRecorder is a Recorder of your own: it finds all it needs in the methods of Series.
type expvarRecorder struct{ values *expvar.Map }

func (r expvarRecorder) Add(s metrics.Series, n int64) { r.values.Add(s.String(), n) }

// A Recorder of another library takes a few lines: here that of the standard library, which serves it at /debug/vars.
func ExampleServerOptions_recorder() {
	r := expvarRecorder{expvar.NewMap("socketio")}
	socketio.NewServer(&socketio.ServerOptions{Metrics: r}).Of("/admin")
	fmt.Println(r.values)
	// Output: {"socketio_namespaces": 2}
}
