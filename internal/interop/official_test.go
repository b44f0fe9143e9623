package interop

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// TestOfficial runs scenarios against the official server and ours, whose handlers are the same, and compares what the
// clients have seen.
func TestOfficial(t *testing.T) {
	for _, name := range []string{"conversation", "namespaces", "rooms", "endings", "handshake"} {
		t.Run(name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) { compare(t, m, "transcript."+name, nil) })
		})
	}
}

// TestOfficialLegacy does the same with the client of Socket.IO 2.
func TestOfficialLegacy(t *testing.T) {
	for _, name := range []string{"conversation", "namespaces", "mixed", "endings"} {
		t.Run(name, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) { compare(t, m, "legacy."+name, nil) })
			t.Run("base64", func(t *testing.T) {
				compare(t, modes[0], "legacy."+name, map[string]bool{"forceBase64": true})
			})
		})
	}
}

// compare runs a scenario against both servers.
func compare(t *testing.T, m mode, name string, args any) {
	t.Helper()
	var official, ours []string
	s := newServer(t, &socketio.ServerOptions{AllowEIO3: true})
	node.Run(t, scenario.Job{Scenario: "official.start"}, &s.url)
	s.run(t, m, name, args, &official)
	node.Run(t, scenario.Job{Scenario: "official.stop"}, nil)

	handleOfficial(s.io)
	s.start(t)
	s.run(t, m, name, args, &ours)
	if !slices.Equal(official, ours) {
		t.Errorf("clients see something else than from the official server (-), namely (+):\n%s", diff(official, ours))
	}
}

// diff shows where two transcripts differ for the first time.
func diff(want, got []string) string {
	i := 0
	for i < min(len(want), len(got)) && want[i] == got[i] {
		i++
	}
	var b strings.Builder
	show := func(sign string, lines []string) {
		for _, line := range lines {
			b.WriteString(sign + line + "\n")
		}
	}
	show("  ", want[max(0, i-3):i])
	show("- ", want[i:min(i+3, len(want))])
	show("+ ", got[i:min(i+3, len(got))])
	return b.String()
}

// handleOfficial makes our server do what scenarios/official.mjs makes the official one do.
func handleOfficial(io *socketio.Server) {
	connection := func(s *socketio.Socket) {
		auth := s.Handshake().Auth
		var who struct {
			Name string `json:"name"`
		}
		s.Handshake().ScanAuth(&who)
		s.Emit("welcome", auth, []byte("hi"))
		s.OnDisconnect(func(r socketio.DisconnectReason) { io.To("observers").Emit("left", who.Name, r) })
	}
	guarded := io.Of("/guarded")
	guarded.Use(func(s *socketio.Socket) error {
		var auth struct {
			Token string `json:"token"`
		}
		switch err := s.Handshake().ScanAuth(&auth); {
		case err != nil:
			return err
		case auth.Token == "right":
			return nil
		case auth.Token == "":
			return &socketio.ConnectError{Message: "bad token"}
		default:
			return &socketio.ConnectError{Message: "bad token", Data: map[string]int{"code": 401}}
		}
	})
	for _, n := range []*socketio.Namespace{io.Namespace, io.Of("/second"), guarded} {
		n.OnConnection(connection)
		handleOfficialEvents(n)
	}
}

func handleOfficialEvents(n *socketio.Namespace) {
	n.Handle("echo", func(s *socketio.Socket, args ...any) { s.Emit("echo", args...) })
	n.Handle("message", func(s *socketio.Socket, args ...any) { s.Send(args...) })
	n.Handle("ack", func(m *socketio.Message) { m.Ack(values(m.Args)...) })
	n.Handle("handshake", func(s *socketio.Socket) socketio.Handshake { return s.Handshake() })
	n.Handle("burst", func(s *socketio.Socket, n int) error {
		for i := range n {
			if i%3 == 0 {
				s.Emit("n", i, []byte{byte(i)})
			} else {
				s.Emit("n", i)
			}
		}
		return nil
	})
	n.Handle("ask", func(s *socketio.Socket, event string, ms int, ack func(...any)) {
		timeout := time.Duration(ms) * time.Millisecond
		answer, err := s.Timeout(timeout).EmitWithAck(s.Context(), event, "?", []byte{1})
		if err != nil {
			ack("timeout")
			return
		}
		ack("answered", values(answer)[0])
	})
	n.Handle("join", func(s *socketio.Socket, room string) []string {
		s.Join(room)
		return s.Rooms()[1:]
	})
	n.Handle("cast", func(s *socketio.Socket, c cast, args ...any) {
		c.broadcast(s).Emit("cast", args...)
	})
	n.Handle("kick", func(s *socketio.Socket, closeConn bool) { s.Disconnect(closeConn) })
}

// values decodes all arguments.
func values(args socketio.Args) []any {
	list := make([]any, args.Len())
	for i := range list {
		must(args.Decode(i, &list[i]))
	}
	return list
}
