package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/socketio-go/socketio"
)

// Who hears it: the client itself, all the others, those in rooms, or everybody.
func ExampleSocket_To() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.Join("lobby")
		s.On("hello", func(name string) {
			_ = s.Emit("hello", name+", this is the server")
			_ = s.To("lobby").Emit("joined", name)
			_ = s.Broadcast().Emit("count", 2)
			_ = io.To("lobby", "kitchen").Except("muted").Emit("news", name+" is here") // each client once
		})
	})

	alice := exampleClient(io)
	defer alice.Close()
	bob := alice.again()
	bob.send(`42["hello","Bob"]`)
	bob.hear()
	bob.hear()
	alice.hear()
	alice.hear()
	alice.hear()
	// Output:
	// client: ["hello","Bob, this is the server"]
	// client: ["news","Bob is here"]
	// client: ["joined","Bob"]
	// client: ["count",2]
	// client: ["news","Bob is here"]
}

// A []byte at any depth is binary for the client, and the other way round.
func ExampleEmitter_Emit_binary() {
	type image struct {
		Name string `json:"name"`
		Data []byte `json:"data"`
	}
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.On("upload", func(img image) {
			img.Name += ".bak"
			_ = s.Emit("saved", img)
		})
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`451-["upload",{"name":"a.png","data":{"_placeholder":true,"num":0}}]`)
	client.sendBinary([]byte("\x89PNG"))
	client.hear()
	fmt.Printf("client: %q\n", client.read())
	// Output:
	// client: ["saved",{"name":"a.png.bak","data":{"_placeholder":true,"num":0}}]
	// client: "\x89PNG"
}

// What is old when it is late, as a position, may be dropped; what is compressed already needs no compression. Both
// settings belong to this emitter, not to the socket.
func ExampleEmitter_Volatile() {
	io := socketio.NewServer(nil)
	io.Handle("where?", func(s *socketio.Socket) {
		positions := s.Volatile().Compress(false)
		if err := positions.Emit("position", 1, 2); errors.Is(err, socketio.ErrDropped) {
			return // the client lags: the next one will do
		}
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`42["where?"]`)
	client.hear()
	// Output: client: ["position",1,2]
}

// A look at everything that a socket receives and sends.
func ExampleListener_OnAny() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.OnAny(func(m *socketio.Message) {
			fmt.Println("in: ", m.Event, m.Len())
		})
		s.OnAnyOutgoing(func(m *socketio.Message) {
			var text string
			_ = m.Scan(&text)
			fmt.Println("out:", m.Event, text)
		})
		s.On("ping", func() { _ = io.Emit("pong", "to all") })
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`42["ping",1,2]`)
	client.hear()
	// Output:
	// in:  ping 2
	// out: pong to all
	// client: ["pong","to all"]
}

// The event as it is: with arguments of any number, and an answer at any time.
func ExampleMessage() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.On("job", func(m *socketio.Message) {
			var kind string
			var size int
			if err := m.Scan(&kind, &size); err != nil || !m.WantsAck() {
				return
			}
			time.AfterFunc(time.Millisecond, func() { _ = m.Ack("done", kind, size) })
		})
	})

	client := exampleClient(io)
	defer client.Close()
	client.ask("job", "resize", 800)
	// Output: client: job [resize 800] → ["done","resize",800]
}

// A middleware of a socket sees each event before its handlers.
func ExampleSocket_Use() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.Use(func(m *socketio.Message) error {
			if m.Event == "delete" {
				return &socketio.AckError{Message: "read only"}
			}
			return nil
		})
		s.On("delete", func(string) bool { return true })
	})

	client := exampleClient(io)
	defer client.Close()
	client.ask("delete", "everything")
	// Output: client: delete [everything] → [{"error":{"message":"read only"}}]
}

// The sockets that a broadcast would reach can be listed, moved and disconnected.
func ExampleBroadcast_FetchSockets() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.On("name", func(name string) bool {
			s.SetData(name)
			return true
		})
	})

	alice := exampleClient(io)
	defer alice.Close()
	bob := alice.again()
	alice.ask("name", "Alice")
	bob.ask("name", "Bob")

	_ = io.SocketsJoin("everybody")
	sockets, err := io.In("everybody").FetchSockets(context.Background())
	if err != nil {
		fmt.Println(err)
	}
	var names []string
	for _, r := range sockets {
		names = append(names, r.Data.(string))
		if r.Data == "Bob" {
			_ = r.Emit("hello, Bob")
		}
	}
	slices.Sort(names)
	fmt.Println(names)
	bob.hear()
	// Output:
	// client: name [Alice] → [true]
	// client: name [Bob] → [true]
	// [Alice Bob]
	// client: ["hello, Bob"]
}
