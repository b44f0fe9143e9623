// Command servemux mounts a Socket.IO server on the ServeMux of net/http, next to other routes and on a path of its
// own choice.
//
// The server does not look at the path: the mux decides. Clients ask for "/socket.io/", with the slash, unless they
// are told otherwise: io({ path: "/realtime/" }). Mount the path without the slash, too, if clients may set
// addTrailingSlash: false; alone, the mux would redirect them, which WebSockets do not follow. Mount it without a
// method, since it answers GET, POST and OPTIONS; then ServeMux wants other patterns that overlap with it, such as
// "/", without a method, too.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/socketio-go/socketio"
)

func main() {
	server := &http.Server{Addr: "localhost:3000", Handler: routes(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func routes() http.Handler {
	io := socketio.NewServer(nil)
	io.Handle("echo", func(text string) string { return text })

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", io)
	mux.Handle("/socket.io", io)
	mux.Handle("/realtime/", io) // the same server on another path
	mux.Handle("/{$}", text("home"))
	mux.Handle("GET /health", text("ok"))
	return mux
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, s) }
}
