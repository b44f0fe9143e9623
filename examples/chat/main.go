// Command chat is a chat for the browser: rooms, who is here, who is typing. All it remembers is the Data of its
// sockets. The page is in the program, as is the client, which the server has. To try it: make demo.
package main

import (
	"context"
	"embed"
	"flag"
	"io/fs"
	"log"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/socketio-go/socketio"
)

//go:embed page
var page embed.FS

type person struct { // the Data of a socket
	ID   string `json:"id"`
	Name string `json:"name"`
	Room string `json:"room"` // "": none yet
}

// isName tells what people and rooms may be called: 1 to 24 visible characters, with single spaces between them.
var isName = regexp.MustCompile(`^[^\pC\pZ]( ?[^\pC\pZ]){0,23}$`).MatchString

func newChat() *socketio.Server {
	io := socketio.NewServer(&socketio.ServerOptions{MaxPayload: 16 << 10, Logger: slog.Default()})
	var mu sync.Mutex
	refresh := func() error { // tells everybody who is where; one at a time, so that the last list is the newest
		mu.Lock()
		defer mu.Unlock()
		people := []any{}
		for s := range io.Sockets() {
			people = append(people, s.Data())
		}
		return io.Emit("people", people)
	}
	io.Use(func(s *socketio.Socket) error {
		var auth person
		if io.ConnectionCount() > 200 {
			return &socketio.ConnectError{Message: "The chat is full. Please come back later."}
		}
		if err := s.Handshake().ScanAuth(&auth); err != nil || !isName(auth.Name) {
			return &socketio.ConnectError{Message: "Please choose a name of 1 to 24 letters."}
		}
		s.SetData(person{ID: s.ID(), Name: auth.Name})
		return nil
	})
	io.OnConnection(func(s *socketio.Socket) {
		me, _ := s.Data().(person)
		s.On("join", func(room string) error {
			if !isName(room) {
				return &socketio.AckError{Message: "A room has a name of 1 to 24 letters."}
			}
			s.Leave("room " + me.Room)
			me.Room = room
			s.Join("room " + me.Room) // without the prefix, one could join the room of somebody's id and read along
			s.SetData(me)
			return refresh()
		})
		s.On("message", func(text string) error {
			if me.Room == "" || strings.TrimSpace(text) == "" || len(text) > 4000 {
				return &socketio.AckError{Message: "A message is a text of up to 4000 bytes for the room one is in."}
			}
			return s.To("room "+me.Room).Emit("message", me, text)
		})
		s.On("typing", func(on bool) { s.To("room "+me.Room).Volatile().Emit("typing", me.ID, on) })
		s.OnDisconnect(func(socketio.DisconnectReason) { _ = refresh() })
	})
	return io
}

func main() {
	addr := flag.String("addr", "localhost:3000", "`address` to listen on")
	flag.Parse()
	io := newChat()
	http.Handle("/socket.io/", io)
	content, err := fs.Sub(page, "page")
	if err != nil {
		log.Fatal(err)
	}
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Security-Policy", "default-src 'self'; base-uri 'none'; frame-ancestors 'none'")
		http.FileServerFS(content).ServeHTTP(w, r)
	})
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := net.Listen("tcp", *addr)
	if err != nil {
		log.Fatalf("%v: choose another address: go run . -addr localhost:3001", err)
	}
	server := &http.Server{ReadHeaderTimeout: 10 * time.Second}
	go func() { log.Fatal(server.Serve(l)) }() // ends with the program
	log.Printf("The chat is at http://%s", *addr)
	<-ctx.Done()
	bye, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := io.Shutdown(bye); err != nil {
		log.Fatal(err)
	}
}
