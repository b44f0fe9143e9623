package interop

import (
	"testing"

	"github.com/socketio-go/socketio"
)

// TestCompression has the official client, and Node's fetch, take what is compressed.
func TestCompression(t *testing.T) {
	for _, row := range []struct {
		scenario string
		mode     mode
	}{
		{"deflate", modes[1]},
		{"deflate", modes[2]},
		{"polls", modes[0]},
	} {
		t.Run(row.scenario+" by "+row.mode.name, func(t *testing.T) {
			s := newServer(t, &socketio.ServerOptions{PerMessageDeflate: true})
			s.io.Handle("echo", func(s *socketio.Socket, args ...any) { s.Emit("echo", args...) })
			s.io.Handle("plain", func(s *socketio.Socket, args ...any) { s.Compress(false).Emit("echo", args...) })
			s.io.Handle("everybody", func(_ *socketio.Socket, args ...any) { s.io.Emit("echo", args...) })
			s.start(t)
			s.run(t, row.mode, "compression."+row.scenario, nil, nil)
		})
	}
}
