package interop

import (
	"os"
	"slices"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// serveFiles makes a server that has the files of the official package.
func serveFiles(t *testing.T) *server {
	s := newServer(t, &socketio.ServerOptions{ClientFiles: os.DirFS("node_modules/socket.io/client-dist")})
	handleHello(s.io)
	s.start(t)
	return s
}

// TestClientFiles compares the browser client's files with those that the official server serves.
func TestClientFiles(t *testing.T) {
	polling := modes[0]
	t.Run("served", func(t *testing.T) {
		var official, ours []string
		s := serveFiles(t)
		url := s.url
		node.Run(t, scenario.Job{Scenario: "official.start"}, &s.url)
		s.run(t, polling, "files.served", nil, &official)
		node.Run(t, scenario.Job{Scenario: "official.stop"}, nil)
		s.url = url
		s.run(t, polling, "files.served", nil, &ours)
		if !slices.Equal(official, ours) {
			t.Errorf("browsers get something else than from the official server (-), namely (+):\n%s", diff(official, ours))
		}
	})
	t.Run("run", func(t *testing.T) {
		s := serveFiles(t)
		s.run(t, polling, "files.run", nil, nil)
	})
}
