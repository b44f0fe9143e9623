// Quickstart is the program of the README: what a client says in a room, the others in the room hear.
package main

import (
	"log"
	"log/slog"
	"net/http"

	"github.com/socketio-go/socketio"
)

func main() {
	io := socketio.NewServer(&socketio.ServerOptions{Logger: slog.Default()})

	io.OnConnection(func(s *socketio.Socket) {
		s.On("join", func(room string) {
			s.Join("room " + room) // the prefix: each socket is in the room of its id, which nobody else shall join
		})

		s.On("chat message", func(room, text string) string {
			s.To("room "+room).Emit("chat message", s.ID(), text)
			return "ok" // the client's acknowledgement
		})

		s.OnDisconnect(func(reason socketio.DisconnectReason) {
			log.Println(s.ID(), "left:", reason)
		})
	})

	http.Handle("/socket.io/", io)
	log.Fatal(http.ListenAndServe("localhost:3000", nil))
}
