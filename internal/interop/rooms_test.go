package interop

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

func TestRooms(t *testing.T) {
	scenarios(t, "rooms", handleRooms,
		"casting", "leaving", "volatile", "acked", "fetched", "moved", "kicked")
}

// A cast says to whom to send.
type cast struct {
	From     string   `json:"from"` // the server, or the socket itself
	To       []string `json:"to"`
	Except   []string `json:"except"`
	Local    bool     `json:"local"`
	Volatile bool     `json:"volatile"`
	Label    any      `json:"label"`
}

func (c *cast) broadcast(s *socketio.Socket) socketio.Broadcast {
	b := s.Namespace().Broadcast
	if c.From != "" {
		b = s.Broadcast()
	}
	for i, room := range c.To { // by either name, one by one
		if i%2 == 0 {
			b = b.To(room)
		} else {
			b = b.In(room)
		}
	}
	b = b.Except(c.Except...)
	if c.Local {
		b = b.Local()
	}
	if c.Volatile {
		b = b.Volatile()
	}
	return b
}

func handleRooms(io *socketio.Server) {
	io.OnConnection(func(s *socketio.Socket) {
		var auth struct {
			Name string `json:"name"`
		}
		s.Handshake().ScanAuth(&auth)
		s.SetData(auth.Name)
		s.On("join", func(rooms []string) error { s.Join(rooms...); return nil })
		s.On("leave", func(room string) error { s.Leave(room); return nil })
		s.On("rooms", s.Rooms)
		s.On("cast", func(c cast) error {
			if c.Label == "barrier" {
				return io.Emit("barrier")
			}
			return c.broadcast(s).Emit("cast", c.Label, map[string]any{"bytes": [][]byte{{1, 2, 3}}})
		})
	})
	io.Handle("vote", vote)
	io.Handle("fetch", fetch)
	io.Handle("remote", remote)
	io.Handle("socketsJoin", func(in, rooms []string) error { return io.In(in...).SocketsJoin(rooms...) })
	io.Handle("socketsLeave", func(in, rooms []string) error { return io.In(in...).SocketsLeave(rooms...) })
	io.Handle("disconnectSockets", func(in []string, closeConn bool) error {
		return io.In(in...).DisconnectSockets(closeConn)
	})
	io.Handle("members", func() int { return len(slices.Collect(io.Sockets())) })
	io.Of("/side").Handle("ping", func() string { return "pong" })
}

// vote asks the sockets in rooms, and gives what they answer, sorted, and the error.
func vote(s *socketio.Socket, rooms []string, ms int) (votes []string, failure string) {
	b := s.Namespace().To(rooms...).Timeout(time.Duration(ms) * time.Millisecond)
	answers, err := b.EmitWithAck(s.Context(), "vote", []byte{1, 2, 3})
	votes = []string{}
	for _, a := range answers {
		var text string
		var bytes []byte
		if err := a.Scan(&text, &bytes); err != nil || len(bytes) != 3 {
			text += " with wrong bytes"
		}
		votes = append(votes, text)
	}
	slices.Sort(votes)
	if err != nil {
		failure = err.Error()
	}
	return votes, failure
}

type fetchedSocket struct {
	ID    string   `json:"id"`
	Data  any      `json:"data"`
	Rooms []string `json:"rooms"`
	Auth  any      `json:"auth"`
}

func fetch(s *socketio.Socket, rooms []string) ([]fetchedSocket, error) {
	sockets, err := s.Namespace().In(rooms...).FetchSockets(s.Context())
	list := []fetchedSocket{}
	for _, r := range sockets {
		list = append(list, fetchedSocket{r.ID, r.Data, r.Rooms, r.Handshake.Auth})
	}
	return list, err
}

// remote does what can be done to sockets that have been fetched.
func remote(ctx context.Context, m *socketio.Message) {
	var rooms []string
	must(m.Scan(&rooms))
	n := m.Socket().Namespace()
	sockets, err := n.In(rooms...).FetchSockets(ctx)
	must(err)
	for _, r := range sockets {
		must(r.Emit("remote", "hello", []byte{1}))
		must(r.Join("moved"))
		for _, room := range rooms {
			must(r.Leave(room))
		}
	}
	moved, err := n.In("moved").FetchSockets(ctx)
	must(err)
	left, err := n.In(rooms...).FetchSockets(ctx)
	must(err)
	if len(moved) != len(sockets) || len(left) > 0 {
		panic("the sockets have not moved")
	}
	for _, r := range moved {
		must(r.Disconnect(false))
	}
	must(m.Ack())
}

// must panics in a handler, which fails the test.
func must(err error) {
	if err != nil {
		panic(err)
	}
}

// TestRoomSizes: the server knows how many are in each room, as clients come and go.
func TestRoomSizes(t *testing.T) {
	scenarios(t, "rooms", func(io *socketio.Server) {
		io.Handle("join", func(s *socketio.Socket, room string) int { s.Join(room); return io.RoomSize(room) })
		io.Handle("sizes", io.Rooms)
	}, "sizes")
}
