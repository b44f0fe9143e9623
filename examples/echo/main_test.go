package main

import (
	"testing"

	"github.com/socketio-go/socketio/examples/internal/wire"
)

func TestRoutes(t *testing.T) {
	url := wire.Serve(t, routes())
	for _, path := range []string{"/socket.io/", "/socket.io"} {
		t.Run(path, func(t *testing.T) { wire.CheckEcho(t, url+path) })
	}
	if got := wire.Get(t, url+"/health"); got != "ok" {
		t.Errorf("/health: %q", got)
	}
	if got := wire.Get(t, url+"/users/ann"); got != `user "ann"` {
		t.Errorf("/users/ann: %q", got)
	}
}
