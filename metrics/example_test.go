package metrics_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/socketio-go/socketio/metrics"
)

// Counters is given to a server, which counts, and to the mux, for Prometheus to read.
func Example() {
	counters := new(metrics.Counters)
	mux := http.NewServeMux()
	mux.Handle("/metrics", counters)

	counters.Add(metrics.SessionsWebSocket, 1) // this is the server's part

	w := httptest.NewRecorder()
	mux.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", http.NoBody))
	for line := range strings.Lines(w.Body.String()) {
		if strings.Contains(line, "socketio_sessions{") {
			fmt.Print(line)
		}
	}
	// Output:
	// socketio_sessions{transport="polling"} 0
	// socketio_sessions{transport="websocket"} 1
}

// expvarish stands for a metrics library: it knows values by a string.
type expvarish map[string]int64

func (e expvarish) Add(s metrics.Series, n int64) {
	_, value := s.Label()
	e[strings.TrimSuffix(s.Name(), "_total")+"/"+value] += n
}

// A Recorder of your own finds names and labels in the methods of Series.
func ExampleRecorder() {
	values := expvarish{}
	var r metrics.Recorder = values
	r.Add(metrics.ClosedBy("ping timeout"), 1)
	r.Add(metrics.ClosedPingTimeout, 1)
	fmt.Println(values)
	// Output: map[socketio_sessions_closed/ping timeout:2]
}
