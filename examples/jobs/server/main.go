// Command server takes jobs from askers and hands each to a worker that is free. See package jobs.
package main

import (
	"context"
	"crypto/subtle"
	"errors"
	"flag"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/jobs"
)

// A pool is the workers that are connected.
type pool struct {
	free chan *socketio.Socket // those that have nothing to do: each is offered here until somebody takes it
}

// offer offers a worker until it has a job or is gone.
func (p *pool) offer(worker *socketio.Socket) {
	select {
	case p.free <- worker:
	case <-worker.Context().Done():
	}
}

// factor has a job done: by the next worker that is free, and by another if that one is lost.
func (p *pool) factor(ctx context.Context, n uint64) ([]uint64, error) {
	for {
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case worker := <-p.free:
			factors, err := p.ask(worker, n)
			if !errors.Is(err, socketio.ErrDisconnected) {
				return factors, err
			}
		}
	}
}

// ask has a job done by a worker, which is free again when it has answered, whether or not anybody still waits.
func (p *pool) ask(worker *socketio.Socket, n uint64) ([]uint64, error) {
	log := slog.With("number", n, "worker", worker.Data())
	log.Info("job given")
	factors, err := jobs.Factor.Do(context.Background(), worker.Timeout(time.Minute), n)
	log.Info("job done", "error", err)
	if errors.Is(err, socketio.ErrAckTimeout) {
		worker.Disconnect(true)
		return nil, &socketio.AckError{Message: "that takes too long"}
	}
	go p.offer(worker) // ends when the worker has a job or is gone
	return factors, err
}

func newServer(token string) *socketio.Server {
	io := socketio.NewServer(&socketio.ServerOptions{Logger: slog.Default()})
	p := &pool{free: make(chan *socketio.Socket)}
	jobs.Factor.Handle(io, func(asker *socketio.Socket, n uint64) ([]uint64, error) {
		return p.factor(asker.Context(), n)
	})

	workers := io.Of(jobs.Workers)
	workers.Use(func(s *socketio.Socket) error {
		var w jobs.Worker
		if err := s.Handshake().ScanAuth(&w); err != nil || subtle.ConstantTimeCompare([]byte(w.Token), []byte(token)) == 0 {
			return &socketio.ConnectError{Message: "this is not the token of the workers"}
		}
		s.SetData(w.Name)
		return nil
	})
	workers.OnConnection(func(s *socketio.Socket) {
		slog.Info("worker came", "worker", s.Data())
		s.OnDisconnect(func(reason socketio.DisconnectReason) {
			slog.Info("worker left", "worker", s.Data(), "reason", reason)
		})
		go p.offer(s) // ends when the worker has a job or is gone
	})
	return io
}

func main() {
	addr := flag.String("addr", "localhost:3000", "`address` to listen on")
	token := flag.String("token", "secret", "`token` of the workers")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr, *token); err != nil {
		slog.Error("ended", "error", err)
		os.Exit(1)
	}
}

// serve serves until ctx ends.
func serve(ctx context.Context, addr, token string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	io := newServer(token)
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }() // ends with the server
	slog.Info("serving", "addr", l.Addr())
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	bye, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(io.Shutdown(bye), server.Shutdown(bye))
}
