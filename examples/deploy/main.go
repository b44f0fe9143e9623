// Command deploy is a server for production, behind a proxy: it has the timeouts that it should have, says whether it
// is well, and takes its leave of its clients. docs/deploy.md explains it.
package main

import (
	"context"
	"errors"
	"flag"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os/signal"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/socketio-go/socketio"
)

func main() {
	addr := flag.String("addr", "127.0.0.1:3001", "`address` to listen on")
	drain := flag.Duration("drain", 5*time.Second, "how long the proxy may take to see that this server is leaving")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", *addr)
	if err == nil {
		err = serve(ctx, l, *drain)
	}
	if err != nil {
		log.Fatal(err)
	}
}

// serve serves until ctx ends.
func serve(ctx context.Context, l net.Listener, drain time.Duration) error {
	io := socketio.NewServer(&socketio.ServerOptions{
		TrustedProxies: []string{"127.0.0.1"}, // who says in X-Forwarded-For where clients are
		Logger:         slog.Default(),        // at level Info: broken clients, limits, and what fails in handlers
	})
	io.Handle("echo", func(text string) string { return text })

	var leaving atomic.Bool
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, _ *http.Request) {
		if leaving.Load() {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
	})
	server := &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		IdleTimeout:       3 * time.Minute, // longer than the proxy keeps its connections
	}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }() // ends with the server
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}

	leaving.Store(true)
	<-time.After(drain) // new clients still come, until the proxy has seen it
	bye, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	err := io.Shutdown(bye)                       // first the clients, who may need the HTTP server for that,
	return errors.Join(err, server.Shutdown(bye)) // and then the HTTP server
}
