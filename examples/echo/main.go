// Command echo mounts a Socket.IO server on an instance of Echo, behind its middlewares.
//
// The server does not look at the path: the router decides. Clients ask for "/socket.io/", with the slash, unless they
// set addTrailingSlash: false; to Echo these are two routes.
package main

import (
	"fmt"
	"log"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"

	"github.com/socketio-go/socketio"
)

func main() {
	server := &http.Server{Addr: "localhost:3000", Handler: routes(), ReadHeaderTimeout: 10 * time.Second}
	log.Fatal(server.ListenAndServe())
}

func routes() http.Handler {
	io := socketio.NewServer(nil)
	io.Handle("echo", func(text string) string { return text })

	e := echo.New()
	e.Use(middleware.RequestID(), middleware.Recover())
	e.Any("/socket.io/", echo.WrapHandler(io))
	e.Any("/socket.io", echo.WrapHandler(io))
	e.GET("/health", func(c echo.Context) error { return c.String(http.StatusOK, "ok") })
	e.GET("/users/:name", func(c echo.Context) error {
		return c.String(http.StatusOK, fmt.Sprintf("user %q", c.Param("name")))
	})
	return e
}
