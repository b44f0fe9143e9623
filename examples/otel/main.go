// Command otel serves Socket.IO and prints its metrics, by OpenTelemetry, when it ends.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/metrics"
)

// A recorder tells the instruments of an OpenTelemetry meter.
type recorder []func(context.Context, int64, ...metric.AddOption)

func newRecorder(meter metric.Meter) (recorder, error) {
	r := recorder{}
	for s := range metrics.All() {
		help := metric.WithDescription(s.Help())
		if s.IsCounter() {
			counter, err := meter.Int64Counter(s.Name(), help)
			if err != nil {
				return nil, err
			}
			r = append(r, counter.Add)
			continue
		}
		gauge, err := meter.Int64UpDownCounter(s.Name(), help)
		if err != nil {
			return nil, err
		}
		r = append(r, gauge.Add)
	}
	return r, nil
}

func (r recorder) Add(s metrics.Series, n int64) {
	name, value := s.Label()
	if name == "" {
		r[s](context.Background(), n)
		return
	}
	r[s](context.Background(), n, metric.WithAttributes(attribute.String(name, value)))
}

// serve makes a server whose metrics the reader reads.
func serve(reader sdk.Reader) (*socketio.Server, error) {
	meter := sdk.NewMeterProvider(sdk.WithReader(reader)).Meter("github.com/socketio-go/socketio")
	r, err := newRecorder(meter)
	if err != nil {
		return nil, err
	}
	return socketio.NewServer(&socketio.ServerOptions{Metrics: r}), nil
}

func main() {
	reader := sdk.NewManualReader()
	io, err := serve(reader)
	if err != nil {
		log.Fatal(err)
	}
	http.Handle("/socket.io/", io)
	go func() { log.Fatal(http.ListenAndServe("localhost:3000", nil)) }() // ends with the program
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	<-ctx.Done()
	var all metricdata.ResourceMetrics
	if err := reader.Collect(context.Background(), &all); err != nil {
		log.Fatal(err)
	}
	for _, m := range all.ScopeMetrics {
		log.Println(m.Metrics)
	}
}
