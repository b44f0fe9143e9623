// Command gin mounts a Socket.IO server on an engine of gin, behind its middlewares.
//
// The server does not look at the path: the router decides. Clients ask for "/socket.io/", with the slash, unless they
// set addTrailingSlash: false; to gin these are two routes, of which it would redirect one to the other if it had only
// one, and WebSockets do not follow that.
package main

import (
	"log"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/socketio-go/socketio"
)

func main() {
	server := &http.Server{Addr: "localhost:3000", Handler: routes(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func routes() http.Handler {
	io := socketio.NewServer(nil)
	io.Handle("echo", func(text string) string { return text })

	r := gin.New()
	r.Use(gin.Logger(), gin.Recovery())
	r.Any("/socket.io/", gin.WrapH(io))
	r.Any("/socket.io", gin.WrapH(io))
	r.GET("/health", func(c *gin.Context) { c.String(http.StatusOK, "ok") })
	r.GET("/users/:name", func(c *gin.Context) { c.String(http.StatusOK, "user %q", c.Param("name")) })
	return r
}
