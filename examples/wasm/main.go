// Command wasm serves a board that all who have the page open draw on together. The program of the page, in the directory
// page, is Go, too: built for WebAssembly, with the Go client over the browser's fetch and WebSocket. It takes its events
// and types from the same package as this server. To try it, open http://localhost:3000 in two windows after
//
//	go run ./examples/wasm
//
// The program is built when the server starts, so the go command has to be there. It is large (15 MB, or 4 MB when it is
// served compressed), as it has the runtime of Go in it: for a page alone, the JavaScript client is what to use.
package main

import (
	"context"
	"embed"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/examples/wasm/board"
)

//go:embed page/index.html page/start.js page/style.css
var page embed.FS

func newServer() *socketio.Server {
	io := socketio.NewServer(&socketio.ServerOptions{MaxPayload: 4 << 20, Logger: slog.Default()}) // room for pictures
	board.Draw.Handle(io, func(s *socketio.Socket, line board.Line) { _ = board.Draw.Emit(s.Broadcast(), line) })
	board.Picture.Handle(io, func(s *socketio.Socket, _ struct{}) ([]byte, error) {
		for other := range io.Sockets() {
			if other == s {
				continue
			}
			picture, err := board.Picture.Do(s.Context(), other.Timeout(5*time.Second), struct{}{})
			if err == nil && len(picture) > 0 {
				return picture, nil
			}
		}
		return []byte{}, nil
	})
	var mu sync.Mutex
	tellHere := func() { // one at a time, so that the last number is the newest
		mu.Lock()
		defer mu.Unlock()
		n := 0
		for range io.Sockets() {
			n++
		}
		_ = board.Here.Emit(io, n)
	}
	io.OnConnection(func(s *socketio.Socket) {
		s.OnDisconnect(func(socketio.DisconnectReason) { tellHere() })
		tellHere()
	})
	return io
}

// build builds the program of the page, and puts what it needs to run beside it.
func build(ctx context.Context, dir string) error {
	goroot, err := exec.CommandContext(ctx, "go", "env", "GOROOT").Output()
	if err != nil {
		return fmt.Errorf("go env: %w", err)
	}
	support, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(goroot)), "lib", "wasm", "wasm_exec.js"))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "wasm_exec.js"), support, 0o600); err != nil {
		return err
	}
	cmd := exec.CommandContext(ctx, "go", "build", "-o", filepath.Join(dir, "page.wasm"),
		"github.com/socketio-go/socketio/examples/wasm/page")
	cmd.Env = append(os.Environ(), "GOOS=js", "GOARCH=wasm")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
}

// routes serves the page, and what was built.
func routes(io *socketio.Server, built string) (http.Handler, error) {
	content, err := fs.Sub(page, "page")
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	mux.Handle("/built/", http.StripPrefix("/built/", http.FileServer(http.Dir(built))))
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; "+
			"img-src data:; base-uri 'none'; frame-ancestors 'none'")
		http.FileServerFS(content).ServeHTTP(w, r)
	})
	return mux, nil
}

func main() {
	addr := flag.String("addr", "localhost:3000", "`address` to listen on")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := serve(ctx, *addr); err != nil {
		log.Fatal(err)
	}
}

// serve builds what is needed, and serves until ctx ends.
func serve(ctx context.Context, addr string) error {
	dir, err := os.MkdirTemp("", "wasm")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir) //nolint:errcheck // a temporary directory
	if err := build(ctx, dir); err != nil {
		return err
	}
	io := newServer()
	handler, err := routes(io, dir)
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return err
	}
	server := &http.Server{Handler: handler, ReadHeaderTimeout: 10 * time.Second}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }() // ends with the server
	log.Printf("The board is at http://%s", addr)
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	bye, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(io.Shutdown(bye), server.Shutdown(bye))
}
