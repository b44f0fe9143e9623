package interop

import (
	"testing"

	"github.com/socketio-go/socketio"
)

// TestCrowd has many clients connect at once and talk in rooms.
func TestCrowd(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		s := newServer(t, nil)
		s.io.OnConnection(func(sock *socketio.Socket) {
			var auth struct {
				Room string `json:"room"`
			}
			sock.Handshake().ScanAuth(&auth)
			sock.Join(auth.Room)
			sock.On("say", func(from, line int, what any) error {
				return s.io.To(auth.Room).Emit("said", from, line, what)
			})
		})
		s.io.Handle("count", s.io.ConnectionCount)
		s.start(t)
		s.run(t, m, "crowd.chat", map[string]int{"clients": 200, "rooms": 10, "lines": 3}, nil)
	})
}
