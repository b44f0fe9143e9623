package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/parser/msgpack"
)

// A chat server, as it would be in a program of its own.
func Example() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.On("chat message", func(room, text string) string { // the result is the acknowledgement
			_ = s.To(room).Emit("chat message", s.ID(), text)
			return "ok"
		})
		s.OnDisconnect(func(reason socketio.DisconnectReason) {
			log.Println(s.ID(), reason)
		})
	})
	http.Handle("/socket.io/", io)
	log.Fatal(http.ListenAndServe(":3000", nil))
}

// Clients with the official socket.io-msgpack-parser need a server with the same parser:
//
//	const socket = io({ parser: require("socket.io-msgpack-parser") });
func ExampleServerOptions_parser() {
	io := socketio.NewServer(&socketio.ServerOptions{Parser: msgpack.Codec{}})
	http.Handle("/socket.io/", io)
}

// Handlers take the arguments of their event, of any type; what they return answers the client.
func ExampleListener_On() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.On("add", func(a, b int) int { return a + b })
		s.On("divide", func(a, b float64) (float64, error) {
			if b == 0 {
				return 0, &socketio.AckError{Message: "division by zero"}
			}
			return a / b, nil
		})
		s.On("later", func(name string, ack func(string)) {
			time.AfterFunc(time.Millisecond, func() { ack("hello, " + name) })
		})
		s.On("upload", func(meta struct{ Name string }, data []byte) string {
			return fmt.Sprintf("%s: %d bytes", meta.Name, len(data))
		})
	})

	client := exampleClient(io)
	defer client.Close()
	client.ask("add", 1, 2)
	client.ask("divide", 1, 0)
	client.ask("later", "Bob")
	// Output:
	// client: add [1 2] → [3]
	// client: divide [1 0] → [{"error":{"message":"division by zero"}}]
	// client: later [Bob] → ["hello, Bob"]
}

// Rooms are made by joining them and vanish when the last socket leaves.
func ExampleSocket_Join() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.On("subscribe", func(topic string) bool {
			if strings.HasPrefix(topic, "private/") {
				return false // whether a client may join is the application's decision
			}
			s.Join(topic)
			return true
		})
	})

	client := exampleClient(io)
	defer client.Close()
	client.ask("subscribe", "private/bob")
	client.ask("subscribe", "news")
	_ = io.To("private/bob").Emit("message", "not for everybody")
	_ = io.To("news").Emit("message", "hello, readers")
	client.hear()
	// Output:
	// client: subscribe [private/bob] → [false]
	// client: subscribe [news] → [true]
	// client: ["message","hello, readers"]
}

// A middleware decides who may connect.
func ExampleNamespace_Use() {
	io := socketio.NewServer(nil)
	admin := io.Of("/admin")
	admin.Use(func(s *socketio.Socket) error {
		var auth struct {
			Token string `json:"token"`
		}
		if err := s.Handshake().ScanAuth(&auth); err != nil || auth.Token != "secret" {
			return &socketio.ConnectError{Message: "not authorized", Data: map[string]int{"code": 401}}
		}
		s.SetData("Alice")
		return nil
	})
	admin.OnConnection(func(s *socketio.Socket) {
		_ = s.Emit("welcome", s.Data())
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`40/admin,{"token":"wrong"}`)
	client.hear()
	client.send(`40/admin,{"token":"secret"}`)
	client.hear()
	client.hear()
	// Output:
	// client: {"message":"not authorized","data":{"code":401}}
	// client: connected
	// client: ["welcome","Alice"]
}

// Each document is a namespace, which exists while somebody works on it.
func ExampleServer_OfFunc() {
	exists := map[string]bool{"report": true} // as a database would say
	io := socketio.NewServer(nil)
	documents := io.OfFunc(func(_ context.Context, name string, _ *socketio.Handshake) (bool, error) {
		id, ok := strings.CutPrefix(name, "/document-")
		if ok && !exists[id] {
			return false, &socketio.ConnectError{Message: "no such document"}
		}
		return ok, nil
	})
	documents.OnConnection(func(s *socketio.Socket) { // to any of them
		_ = s.Emit("welcome", s.Namespace().Name())
	})

	client := exampleClient(io)
	defer client.Close()
	client.send("40/document-novel,")
	client.hear()
	client.send("40/document-report,")
	client.hear()
	client.hear()
	_ = documents.Emit("notice", "saved every minute") // to the readers of all documents
	client.hear()
	// Output:
	// client: {"message":"no such document"}
	// client: connected
	// client: ["welcome","/document-report"]
	// client: ["notice","saved every minute"]
}

// Namespaces for all names of a form.
func ExampleServer_OfRegexp() {
	io := socketio.NewServer(nil)
	io.OfRegexp(regexp.MustCompile(`^/dynamic-\d+$`)).OnConnection(func(s *socketio.Socket) {
		_ = s.Broadcast().Emit("joined", s.ID()) // to those in the same namespace
	})

	client := exampleClient(io)
	defer client.Close()
	client.send("40/dynamic-101,")
	client.hear()
	client.send("40/dynamic-x,")
	client.hear()
	// Output:
	// client: connected
	// client: {"message":"Invalid namespace"}
}

// The answers of all clients that are addressed, or of those that answer in time.
func ExampleBroadcast_EmitWithAck() {
	io := socketio.NewServer(nil)
	client1, client2 := exampleClient(io), exampleClient(io)
	defer client1.Close()
	defer client2.Close()
	go client1.answer("fine")
	go client2.answer("so so")

	answers, err := io.Timeout(time.Second).EmitWithAck(context.Background(), "how are you?")
	if errors.Is(err, socketio.ErrAckTimeout) {
		fmt.Println("some did not answer") // answers holds those of the others
	}
	var texts []string
	for _, a := range answers {
		var text string
		if err := a.Scan(&text); err == nil {
			texts = append(texts, text)
		}
	}
	slices.Sort(texts)
	fmt.Println(texts)
	// Output: [fine so so]
}

// One handler for all sockets, at no cost per socket.
func ExampleNamespace_Handle() {
	io := socketio.NewServer(nil)
	io.Handle("join", func(s *socketio.Socket, name string) {
		s.SetData(name)
		s.Join("players")
	})
	io.Handle("move", func(s *socketio.Socket, ctx context.Context, x, y int) error {
		if s.Data() == nil {
			return &socketio.AckError{Message: "join first"}
		}
		if ctx.Err() != nil {
			return ctx.Err() // the client has left
		}
		return s.To("players").Emit("moved", s.Data(), x, y)
	})

	client := exampleClient(io)
	defer client.Close()
	client.ask("move", 1, 2)
	client.send(`42["join","Bob"]`)
	client.ask("move", 3, 4)
	// Output:
	// client: move [1 2] → [{"error":{"message":"join first"}}]
	// client: move [3 4] → []
}

// A server asks one client, and waits: also in a handler.
func ExampleEmitter_EmitWithAck() {
	io := socketio.NewServer(nil)
	io.Handle("order", func(s *socketio.Socket, item string) string {
		answer, err := s.Timeout(time.Minute).EmitWithAck(s.Context(), "are you sure?", item)
		var sure string
		if err != nil || answer.Scan(&sure) != nil || sure != "yes" {
			return "cancelled"
		}
		return "ordered: " + item
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`421["order","tea"]`)
	client.answer("yes")
	client.hear()
	// Output: client: ["ordered: tea"]
}
