package interop

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/socketio-go/socketio"
)

func TestNamespaces(t *testing.T) {
	scenarios(t, "namespaces", handleNamespaces,
		"multiplexed", "unknown", "buffered", "handshake", "middlewares", "slow")
}

func handleNamespaces(io *socketio.Server) {
	admitted := make(chan struct{})
	for _, n := range []*socketio.Namespace{io.Namespace, io.Of("/chat"), io.Of("news"), io.Of("/slow"), io.Of("/guarded")} {
		n.Handle("who", func(s *socketio.Socket) (namespace, id string, connections int) {
			return s.Namespace().Name(), s.ID(), io.ConnectionCount()
		})
		n.Handle("shout", func(event string) { n.Emit(event) })
		n.Handle("handshake", func(s *socketio.Socket) socketio.Handshake { return s.Handshake() })
		n.OnConnection(func(s *socketio.Socket) {
			var seen []string
			s.On("count", func(n string) string {
				seen = append(seen, n)
				return strings.Join(seen, ",")
			})
		})
	}
	io.Handle("members", func(ctx context.Context, namespace, room string) (int, error) {
		b := io.Of(namespace).Broadcast
		if room != "" {
			b = b.In(room)
		}
		list, err := b.FetchSockets(ctx)
		return len(list), err
	})
	io.Handle("admit", func() error { close(admitted); return nil })
	io.Of("/slow").Use(func(s *socketio.Socket) error {
		select {
		case <-admitted:
		case <-s.Context().Done():
		}
		return nil
	})
	guard(io.Of("/guarded"))
}

// guard admits clients whose token is "right".
func guard(n *socketio.Namespace) {
	n.Use(func(s *socketio.Socket) error {
		s.Join("hall")
		s.SetData([]string{"first"})
		return nil
	})
	n.Use(func(s *socketio.Socket) error {
		var auth struct {
			Token string `json:"token"`
		}
		if err := s.Handshake().ScanAuth(&auth); err != nil {
			return err
		}
		switch auth.Token {
		case "right":
			return nil
		case "broken":
			return errors.New("no connection to db.internal")
		default:
			return &socketio.ConnectError{
				Message: "bad token", Data: map[string]any{"code": 401, "hint": []string{"try", "again"}},
			}
		}
	})
	n.Use(func(s *socketio.Socket) error {
		s.SetData(append(s.Data().([]string), "second"))
		return nil
	})
	n.Handle("trace", func(s *socketio.Socket) any { return s.Data() })
}
