package socketio_test

import (
	"bytes"
	"fmt"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
)

// What a client and the server say to each other, to find out why they do not understand each other.
func ExampleServerOptions_trace() {
	show := func(sign string) func(*engineio.Session, engineio.Packet) {
		return func(s *engineio.Session, p engineio.Packet) {
			if p.Type == "message" && !bytes.HasPrefix(p.Data, []byte("0")) { // CONNECT, whose answer has random ids
				fmt.Printf("%s %s %s %s\n", sign, p.Transport, p.Type, p.Data)
			}
		}
	}
	io := socketio.NewServer(&socketio.ServerOptions{
		Trace: engineio.Trace{PacketReceived: show("<"), PacketSent: show(">")},
	})
	io.Handle("double", func(n int) int { return 2 * n })

	client := exampleClient(io)
	defer client.Close()
	client.ask("double", 21)
	// Output:
	// < websocket message 21["double",21]
	// > websocket message 31[42]
	// client: double [21] → [42]
}

// How many are where. Each socket is in the room of its own id, too.
func ExampleNamespace_Rooms() {
	io := socketio.NewServer(nil)
	io.Handle("enter", func(s *socketio.Socket, topic string) int {
		s.Join("topic:" + topic)
		return io.RoomSize("topic:" + topic)
	})

	client := exampleClient(io)
	defer client.Close()
	client.ask("enter", "tea")
	client.ask("enter", "milk")
	rooms := io.Rooms()
	fmt.Println(len(rooms), rooms["topic:tea"])
	// Output:
	// client: enter [tea] → [1]
	// client: enter [milk] → [1]
	// 3 1
}
