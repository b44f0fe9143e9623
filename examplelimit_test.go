package socketio_test

import (
	"time"

	"github.com/socketio-go/socketio"
)

// limit lets a socket send burst events at once, and then one in each interval.
func limit(s *socketio.Socket, burst int, interval time.Duration) {
	tokens, since := burst, time.Now()
	s.Use(func(*socketio.Message) error { // never called twice at a time
		earned := int(time.Since(since) / interval)
		tokens, since = min(tokens+earned, burst), since.Add(time.Duration(earned)*interval)
		if tokens == 0 {
			return &socketio.AckError{Message: "too many events"} // or s.Disconnect(true)
		}
		tokens--
		return nil
	})
}

// A middleware sees each event of its socket, and can keep it from the handlers: here to limit their rate.
func ExampleSocket_Use_rateLimit() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) { limit(s, 2, time.Hour) })
	io.Handle("work", func() string { return "done" })

	client := exampleClient(io)
	defer client.Close()
	client.ask("work")
	client.ask("work")
	client.ask("work")
	// Output:
	// client: work [] → ["done"]
	// client: work [] → ["done"]
	// client: work [] → [{"error":{"message":"too many events"}}]
}
