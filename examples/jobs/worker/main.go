// Command worker does the jobs that the server gives it, one at a time, until it is interrupted. See package jobs.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/jobs"
)

func main() {
	url := flag.String("url", "http://localhost:3000", "`URL` of the server")
	var me jobs.Worker
	flag.StringVar(&me.Name, "name", fmt.Sprintf("worker %d", os.Getpid()), "`name` of this worker")
	flag.StringVar(&me.Token, "token", "secret", "`token` of the workers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := work(ctx, *url, me); err != nil {
		slog.Error("ended", "error", err)
		os.Exit(1)
	}
}

// work works until ctx ends, which is no error, or the server does not want this worker.
func work(ctx context.Context, url string, me jobs.Worker) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	c := socketio.NewClient(url+jobs.Workers, &socketio.ClientOptions{
		Auth:              me,
		Transports:        []string{"websocket"}, // there is no browser in this, and no proxy in between
		ReconnectionDelay: 500 * time.Millisecond,
		Logger:            slog.Default(),
	})
	defer c.Close()

	// The context of a job ends with the connection: nobody would get the answer.
	jobs.Factor.On(c, func(ctx context.Context, n uint64) ([]uint64, error) {
		slog.Info("job", "number", n)
		return factor(ctx, n)
	})
	c.OnConnect(func() { slog.Info("connected", "id", c.ID()) })
	c.OnDisconnect(func(reason socketio.DisconnectReason) {
		slog.Info("disconnected", "reason", reason)
		if reason == socketio.IOServerDisconnect {
			cancel(reason) // on the server's word; of all other reasons the client takes care by itself
		}
	})
	c.OnConnectError(func(err error) {
		slog.Warn("not connected", "error", err)
		if _, refused := errors.AsType[*socketio.ConnectError](err); refused {
			cancel(err) // also on its word
		}
	})
	_ = c.Connect(ctx) // if the server is not up yet, the client goes on trying
	<-ctx.Done()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// factor returns the prime factors of a number, in ascending order.
func factor(ctx context.Context, n uint64) ([]uint64, error) {
	if n == 0 {
		return nil, &socketio.AckError{Message: "0 has no prime factors"} // which the asker shall see
	}
	factors := []uint64{}
	for d := uint64(2); d <= n/d; d++ {
		for n%d == 0 {
			factors = append(factors, d)
			n /= d
		}
		if d%(1<<20) == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
	}
	if n > 1 {
		factors = append(factors, n)
	}
	return factors, nil
}
