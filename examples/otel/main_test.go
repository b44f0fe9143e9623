package main

import (
	"net/http"
	"net/http/httptest"
	"testing"

	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"
)

func TestMetrics(t *testing.T) {
	reader := sdk.NewManualReader()
	io, err := serve(reader)
	if err != nil {
		t.Fatal(err)
	}
	io.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/socket.io/?EIO=4&transport=polling", http.NoBody))
	var all metricdata.ResourceMetrics
	if err := reader.Collect(t.Context(), &all); err != nil {
		t.Fatal(err)
	}
	got := map[string]int64{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			sum, _ := m.Data.(metricdata.Sum[int64])
			for _, p := range sum.DataPoints {
				label := ""
				for _, a := range p.Attributes.ToSlice() {
					label = "{" + string(a.Key) + "=" + a.Value.AsString() + "}"
				}
				got[m.Name+label] = p.Value
			}
		}
	}
	for name, want := range map[string]int64{
		"socketio_namespaces":                        1,
		"socketio_sessions{transport=polling}":       1,
		"socketio_sessions_opened_total{protocol=4}": 1,
	} {
		if got[name] != want {
			t.Errorf("%s is %d, not %d; all: %v", name, got[name], want, got)
		}
	}
}
