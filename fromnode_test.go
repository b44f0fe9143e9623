package socketio_test

import (
	"context"
	"errors"
	"log"
	"log/slog"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"time"

	"github.com/socketio-go/socketio"
)

// The programs of docs/from-node.md, which TestDocs compares with them. They are compiled, not run: package examples
// that run are in the other files.

// What these programs leave to the reader.
type (
	User struct{ ID, Name string }
	Item struct {
		Name string `json:"name"`
	}
)

func verify(context.Context, string) (*User, error) { return &User{}, nil }
func save(context.Context, Item) (int, error)       { return 1, nil }
func withdraw(amount int) (int, error)              { return amount, nil }
func withSession(next http.Handler) http.Handler    { return next }

func Example_fromNodeChat() {
	io := socketio.NewServer(nil)

	io.OnConnection(func(s *socketio.Socket) {
		s.On("chat message", func(text string) {
			io.Emit("chat message", s.ID(), text)
		})
		s.OnDisconnect(func(reason socketio.DisconnectReason) {
			log.Println(s.ID(), "left:", reason)
		})
	})

	http.Handle("/socket.io/", io)
	http.Handle("/", http.FileServer(http.Dir("public")))
	log.Fatal(http.ListenAndServe(":3000", nil))
}

func Example_fromNodeAcks() {
	io := socketio.NewServer(nil)

	io.OnConnection(func(s *socketio.Socket) {
		// the client awaits socket.emitWithAck("save", item)
		s.On("save", func(ctx context.Context, item Item) (int, error) {
			return save(ctx, item)
		})

		// the server asks the client
		s.On("order", func(item Item) string {
			answer, err := s.Timeout(5*time.Second).EmitWithAck(s.Context(), "sure?", item)
			if err != nil {
				return "no answer" // socketio.ErrAckTimeout, or socketio.ErrDisconnected
			}
			var sure bool
			if err := answer.Scan(&sure); err != nil || !sure {
				return "cancelled"
			}
			return "ordered"
		})
	})

	// the server asks all clients in a room
	poll := func(ctx context.Context) (yes int, err error) {
		answers, err := io.To("voters").Timeout(10*time.Second).EmitWithAck(ctx, "yes or no?")
		for _, answer := range answers { // also beside an error
			var vote bool
			if answer.Scan(&vote) == nil && vote {
				yes++
			}
		}
		return yes, err
	}
	_ = poll
}

func Example_fromNodeAuth() {
	io := socketio.NewServer(nil)

	io.Use(func(s *socketio.Socket) error {
		var auth struct {
			Token string `json:"token"`
		}
		if err := s.Handshake().ScanAuth(&auth); err != nil {
			return &socketio.ConnectError{Message: "bad request"}
		}
		user, err := verify(s.Context(), auth.Token) // may block: only this client waits
		if err != nil {
			return &socketio.ConnectError{Message: "not authorized", Data: map[string]any{"retry": false}}
		}
		s.SetData(user)
		s.Join("user:" + user.ID)
		return nil
	})
	io.OnConnection(func(s *socketio.Socket) {
		user := s.Data().(*User)
		s.Emit("welcome", user.Name)
	})
}

func Example_fromNodeRooms() {
	io := socketio.NewServer(nil)

	io.OnConnection(func(s *socketio.Socket) {
		s.On("join", func(room string) {
			room = "chat:" + room // so that no client names the room of another one's id
			s.Join(room)
			s.To(room).Emit("joined", s.ID())
		})
		s.OnDisconnecting(func(socketio.DisconnectReason) {
			for _, room := range s.Rooms() {
				s.To(room).Emit("left", s.ID())
			}
		})
	})

	empty := func(ctx context.Context, room string) error {
		sockets, err := io.In(room).FetchSockets(ctx)
		if err != nil {
			return err
		}
		log.Println(len(sockets), "were in", room)
		return io.In(room).SocketsLeave(room)
	}
	_ = empty
}

type Line struct {
	From string `json:"from"`
	Text string `json:"text"`
}

const (
	Chat  socketio.Event[Line]          = "chat"
	Sum   socketio.Call[[]int, int]     = "sum"
	Ready socketio.Call[struct{}, bool] = "ready?"
)

func Example_fromNodeTyped() {
	io := socketio.NewServer(nil)

	io.OnConnection(func(s *socketio.Socket) {
		Chat.On(s, func(line Line) {
			line.From = s.ID()
			_ = Chat.Emit(s.Broadcast(), line)
		})
		Sum.On(s, func(ctx context.Context, numbers []int) (total int, err error) {
			for _, n := range numbers {
				total += n
			}
			return total, nil
		})
	})

	ask := func(ctx context.Context, s *socketio.Socket) (bool, error) {
		return Ready.Do(ctx, s.Timeout(time.Second), struct{}{})
	}
	_ = ask
}

func Example_fromNodeRecovery() {
	io := socketio.NewServer(&socketio.ServerOptions{
		Recovery: &socketio.RecoveryOptions{MaxDisconnection: 2 * time.Minute},
	})

	io.OnConnection(func(s *socketio.Socket) {
		if s.Recovered() {
			return // id, rooms, data and missed events are there
		}
		s.Join("news")
	})
}

func Example_fromNodeErrors() {
	io := socketio.NewServer(&socketio.ServerOptions{
		Logger: slog.Default(), // panics at Error, errors of handlers at Warn
	})

	io.OnConnection(func(s *socketio.Socket) {
		s.Use(func(m *socketio.Message) error {
			if m.Event == "admin" {
				return &socketio.AckError{Message: "forbidden"}
			}
			return nil
		})
		s.OnError(func(err error) { // of s.Use
			s.Disconnect(false)
		})
		s.On("withdraw", func(amount int) (int, error) {
			if amount <= 0 {
				return 0, &socketio.AckError{Message: "amount must be positive", Data: amount}
			}
			return withdraw(amount) // the client sees only "internal error" of its errors
		})
	})
}

func Example_fromNodeShutdown() {
	io := socketio.NewServer(nil)
	http.Handle("/socket.io/", io)
	server := &http.Server{Addr: ":3000", ReadHeaderTimeout: 10 * time.Second}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	go func() { // ends with server.Shutdown
		if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
			log.Fatal(err)
		}
	}()
	<-ctx.Done()

	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := io.Shutdown(ctx); err != nil { // first: it ends the polls that server.Shutdown would wait for
		log.Println(err)
	}
	if err := server.Shutdown(ctx); err != nil {
		log.Println(err)
	}
}

func Example_fromNodeState() {
	io := socketio.NewServer(nil)

	var (
		mu    sync.Mutex
		users = map[string]string{} // names, by id of the socket
	)
	io.Handle("my name is", func(s *socketio.Socket, name string) int {
		mu.Lock()
		defer mu.Unlock()
		users[s.ID()] = name
		return len(users)
	})
	io.OnConnection(func(s *socketio.Socket) {
		s.OnDisconnect(func(socketio.DisconnectReason) {
			mu.Lock()
			defer mu.Unlock()
			delete(users, s.ID())
		})
	})
}

func Example_fromNodeMounting() {
	io := socketio.NewServer(&socketio.ServerOptions{
		ClientFiles: os.DirFS("node_modules/socket.io/client-dist"), // serveClient: true
	})

	mux := http.NewServeMux()
	mux.Handle("/socket.io/", withSession(io)) // io.engine.use(session)
	mux.Handle("/socket.io", withSession(io))  // only if clients have addTrailingSlash: false
	log.Fatal(http.ListenAndServe(":3000", mux))
}
