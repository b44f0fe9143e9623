package interop

import (
	"io/fs"
	"os"
	"slices"
	"testing"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// officialFiles are those of the official package.
var officialFiles = os.DirFS("node_modules/socket.io/client-dist")

// serveFiles makes a server that has the client's files. nil: our own.
func serveFiles(t *testing.T, files fs.FS) *server {
	s := newServer(t, &socketio.ServerOptions{ClientFiles: files})
	handleHello(s.io)
	s.start(t)
	return s
}

// TestClientFiles compares the browser client's files with those that the official server serves.
func TestClientFiles(t *testing.T) {
	polling := modes[0]
	t.Run("served", func(t *testing.T) {
		var official, ours []string
		s := serveFiles(t, officialFiles)
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
		s := serveFiles(t, officialFiles)
		s.run(t, polling, "files.run", nil, nil)
	})
	t.Run("run ours", func(t *testing.T) {
		s := serveFiles(t, nil)
		s.run(t, polling, "files.run", nil, nil)
	})
}
