package socketio_test

import (
	"context"
	"time"

	"github.com/socketio-go/socketio"
)

type chatLine struct {
	Room string `json:"room"`
	Text string `json:"text"`
}

// The events of a program, declared once for those who send and those who receive.
const (
	chatEvent socketio.Event[chatLine]       = "chat"
	addCall   socketio.Call[[]int, int]      = "add"
	moodCall  socketio.Call[string, string]  = "mood"
	resetCall socketio.Call[struct{}, int64] = "reset"
)

// Events whose arguments the compiler checks.
func ExampleEvent() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.Join("news")
		chatEvent.On(s, func(line chatLine) {
			line.Text += "!"
			_ = chatEvent.Emit(io.To(line.Room), line)
		})
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`42["chat",{"room":"news","text":"hello"}]`)
	client.hear()
	// Output: client: ["chat",{"room":"news","text":"hello!"}]
}

// The same for all sockets, at no cost per socket.
func ExampleEvent_Handle() {
	io := socketio.NewServer(nil)
	chatEvent.Handle(io, func(s *socketio.Socket, line chatLine) {
		_ = chatEvent.Emit(s, line)
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`42["chat",{"room":"echo","text":"hello"}]`)
	client.hear()
	// Output: client: ["chat",{"room":"echo","text":"hello"}]
}

// Events that are answered: the official client awaits socket.emitWithAck("add", [1, 2]).
func ExampleCall() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		addCall.On(s, func(_ context.Context, numbers []int) (sum int, err error) {
			if len(numbers) == 0 {
				return 0, &socketio.AckError{Message: "nothing to add"}
			}
			for _, n := range numbers {
				sum += n
			}
			return sum, nil
		})
	})
	resetCall.Handle(io, func(*socketio.Socket, struct{}) (int64, error) { return 0, nil })

	client := exampleClient(io)
	defer client.Close()
	client.ask("add", []int{1, 2})
	client.ask("add", []int{})
	client.ask("reset") // without an argument
	// Output:
	// client: add [[1 2]] → [3]
	// client: add [[]] → [{"error":{"message":"nothing to add"}}]
	// client: reset [] → [0]
}

// The server asks a client: socket.on("mood", (day, callback) => callback("fine")).
func ExampleCall_Do() {
	io := socketio.NewServer(nil)
	io.Handle("hello", func(s *socketio.Socket) string {
		mood, err := moodCall.Do(s.Context(), s.Timeout(time.Minute), "Monday")
		if err != nil {
			return "no answer"
		}
		return "you are " + mood
	})

	client := exampleClient(io)
	defer client.Close()
	client.send(`421["hello"]`)
	client.answer("so so")
	client.hear()
	// Output: client: ["you are so so"]
}
