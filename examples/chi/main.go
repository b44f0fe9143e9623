// Command chi mounts a Socket.IO server on a router of chi, behind its middlewares.
//
// The server does not look at the path: the router decides. Clients ask for "/socket.io/", with the slash, unless they
// set addTrailingSlash: false; to chi these are two routes. Middlewares may wrap the ResponseWriter as long as it can
// still be hijacked, as those of chi can.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"

	"github.com/socketio-go/socketio"
)

func main() {
	server := &http.Server{Addr: "localhost:3000", Handler: routes(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func routes() http.Handler {
	io := socketio.NewServer(nil)
	io.Handle("echo", func(text string) string { return text })

	r := chi.NewRouter()
	r.Use(middleware.RequestID, middleware.Logger, middleware.Recoverer)
	r.Handle("/socket.io/", io)
	r.Handle("/socket.io", io)
	r.Get("/health", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "ok") })
	r.Get("/users/{name}", func(w http.ResponseWriter, r *http.Request) {
		_, _ = fmt.Fprintf(w, "user %q", chi.URLParam(r, "name"))
	})
	return r
}
