package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestMetrics(t *testing.T) {
	h := routes()
	get := func(url string) string {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, http.NoBody))
		return w.Body.String()
	}
	get("/socket.io/?EIO=4&transport=polling")
	got := get("/metrics")
	for _, want := range []string{
		"# TYPE socketio_namespaces gauge\nsocketio_namespaces 1\n",
		"# TYPE socketio_sessions_opened_total counter\n",
		`socketio_sessions_opened_total{protocol="4"} 1` + "\n",
		`socketio_sessions{transport="polling"} 1` + "\n",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}
