// Command prometheus serves Socket.IO, and its metrics from a registry of the Prometheus client.
package main

import (
	"log"
	"net/http"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/metrics"
)

// A collector shows Counters to a registry of the Prometheus client.
type collector struct{ *metrics.Counters }

func (c collector) Describe(ch chan<- *prometheus.Desc) { prometheus.DescribeByCollect(c, ch) }

func (c collector) Collect(ch chan<- prometheus.Metric) {
	for s := range metrics.All() {
		kind, labels := prometheus.GaugeValue, prometheus.Labels{}
		if s.IsCounter() {
			kind = prometheus.CounterValue
		}
		if name, value := s.Label(); name != "" {
			labels[name] = value
		}
		desc := prometheus.NewDesc(s.Name(), s.Help(), nil, labels)
		ch <- prometheus.MustNewConstMetric(desc, kind, float64(c.Value(s)))
	}
}

func routes() http.Handler {
	counters := new(metrics.Counters)
	registry := prometheus.NewRegistry()
	registry.MustRegister(collector{counters})
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", socketio.NewServer(&socketio.ServerOptions{Metrics: counters}))
	mux.Handle("GET /metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	return mux
}

func main() {
	log.Fatal(http.ListenAndServe("localhost:3000", routes()))
}
