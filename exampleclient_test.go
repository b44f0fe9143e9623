package socketio_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
)

// The examples of the client, and what docs/client-go.md shows. Each has a server of its own.

// serveExample serves a server until closeAll is called.
func serveExample(io *socketio.Server) (address string, closeAll func()) {
	server := httptest.NewServer(io)
	return server.URL, func() {
		_ = io.Close() // first: it ends the polls that the other would wait for
		server.Close()
	}
}

// A client has the methods of the server's sockets.
func ExampleClient() {
	io := socketio.NewServer(nil)
	io.OnConnection(func(s *socketio.Socket) {
		s.On("chat message", func(text string) string {
			_ = io.Emit("chat message", text)
			return "ok"
		})
		s.On("add", func(a, b int) int { return a + b })
	})
	address, closeAll := serveExample(io)
	defer closeAll()
	ctx := context.Background()

	c := socketio.NewClient(address, nil)
	defer c.Close()

	heard := make(chan bool)
	c.On("chat message", func(text string) {
		fmt.Println("heard:", text)
		close(heard)
	})
	if err := c.Connect(ctx); err != nil {
		log.Fatal(err)
	}
	if err := c.Emit("chat message", "hello"); err != nil {
		log.Fatal(err)
	}
	<-heard

	var sum int
	answer, err := c.EmitWithAck(ctx, "add", 2, 3)
	if err := errors.Join(err, answer.Scan(&sum)); err != nil {
		log.Fatal(err)
	}
	fmt.Println("sum:", sum)
	// Output:
	// heard: hello
	// sum: 5
}

// A program as that of README.md.
func ExampleNewClient_program() {
	run := func(ctx context.Context) error {
		c := socketio.NewClient("http://localhost:3000", nil)
		defer c.Close()

		c.On("chat message", func(id, text string) {
			log.Println(id, text)
		})
		if err := c.Connect(ctx); err != nil {
			return err
		}
		c.Emit("join", "lobby")

		answer, err := c.EmitWithAck(ctx, "chat message", "lobby", "hello")
		if err != nil {
			return err
		}
		var text string
		return answer.Scan(&text) // ok
	}
	_ = run
}

// The path of the URL names the namespace, and its query reaches the server's Handshake.
func ExampleNewClient() {
	io := socketio.NewServer(nil)
	io.Of("/admin").OnConnection(func(s *socketio.Socket) {
		var auth struct{ Token string }
		_ = s.Handshake().ScanAuth(&auth)
		fmt.Println(s.Namespace().Name(), s.Handshake().Query.Get("lang"), auth.Token)
		s.Emit("welcome")
	})
	address, closeAll := serveExample(io)
	defer closeAll()

	c := socketio.NewClient(address+"/admin?lang=en", &socketio.ClientOptions{
		Auth:       map[string]string{"Token": "secret"},
		Transports: []string{"websocket"},
		Logger:     slog.New(slog.DiscardHandler),
	})
	defer c.Close()
	welcome := make(chan bool)
	c.On("welcome", func() { close(welcome) })
	if err := c.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	<-welcome
	// Output: /admin en secret
}

// Connect returns the result of one attempt. To wait until the server is there, however long that takes, call it again:
// each call waits for the next attempt, which the client makes after its usual delay.
func ExampleClient_Connect() {
	connect := func(ctx context.Context, c *socketio.Client) error {
		for {
			err := c.Connect(ctx)
			if err == nil || !c.Active() || ctx.Err() != nil {
				return err
			}
			log.Println("not yet:", err)
		}
	}

	address, closeAll := serveExample(socketio.NewServer(nil))
	defer closeAll()
	c := socketio.NewClient(address, nil)
	defer c.Close()
	fmt.Println(connect(context.Background(), c))
	// Output: <nil>
}

// What the server says when there is to be no connection at all.
func ExampleClient_Connect_refused() {
	io := socketio.NewServer(&socketio.ServerOptions{
		AllowRequest: func(*http.Request) error { return &engineio.Refusal{Message: "closed for the night"} },
	})
	address, closeAll := serveExample(io)
	defer closeAll()
	c := socketio.NewClient(address, &socketio.ClientOptions{NoReconnection: true})
	defer c.Close()

	err := c.Connect(context.Background())
	if failed, ok := errors.AsType[*engineio.HandshakeError](err); ok {
		fmt.Println(failed.Status, failed.Message)
	}
	// Output: 403 closed for the night
}

// What comes back when a middleware of the server refuses the client.
func ExampleClient_OnConnectError() {
	io := socketio.NewServer(nil)
	io.Use(func(s *socketio.Socket) error {
		var auth struct{ Token string }
		if err := s.Handshake().ScanAuth(&auth); err != nil || auth.Token != "new" {
			return &socketio.ConnectError{Message: "token expired", Data: map[string]any{"renew": true}}
		}
		return nil
	})
	address, closeAll := serveExample(io)
	defer closeAll()
	ctx := context.Background()

	c := socketio.NewClient(address, &socketio.ClientOptions{Auth: map[string]string{"Token": "old"}})
	defer c.Close()

	err := c.Connect(ctx) // OnConnectError is told the same, each time
	if refused, ok := errors.AsType[*socketio.ConnectError](err); ok {
		fmt.Println(refused.Message, refused.Data)
		fmt.Println("tried again:", c.Active())
		c.SetAuth(map[string]string{"Token": "new"})
		err = c.Connect(ctx)
	}
	fmt.Println(err)
	// Output:
	// token expired map[renew:true]
	// tried again: false
	// <nil>
}

// A client that the server has sent away stays away until Connect is called.
func ExampleClient_OnDisconnect() {
	io := socketio.NewServer(nil)
	io.Handle("bye", func(s *socketio.Socket) { s.Disconnect(true) })
	address, closeAll := serveExample(io)
	defer closeAll()

	c := socketio.NewClient(address, nil)
	defer c.Close()
	gone := make(chan bool)
	c.OnDisconnect(func(reason socketio.DisconnectReason) {
		fmt.Println(reason)
		fmt.Println("comes back by itself:", c.Active())
		close(gone)
	})
	if err := c.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	c.Emit("bye")
	<-gone
	// Output:
	// io server disconnect
	// comes back by itself: false
}

// Namespaces of one server share a connection. Each is connected by itself.
func ExampleClient_Of() {
	io := socketio.NewServer(nil)
	io.Of("/news").Handle("who", func(*socketio.Socket) string { return "the news" })
	io.Handle("who", func(*socketio.Socket) string { return "the main namespace" })
	address, closeAll := serveExample(io)
	defer closeAll()
	ctx := context.Background()

	c := socketio.NewClient(address, nil)
	defer c.Close() // of both
	news := c.Of("/news")

	for _, c := range []*socketio.Client{c, news} {
		if err := c.Connect(ctx); err != nil {
			log.Fatal(err)
		}
		var who string
		answer, err := c.EmitWithAck(ctx, "who")
		fmt.Println(errors.Join(err, answer.Scan(&who)), who)
	}
	fmt.Println("connections:", io.ConnectionCount())
	// Output:
	// <nil> the main namespace
	// <nil> the news
	// connections: 1
}

// An event and its answer. The context, and the time limit if there is one, bound the wait.
func ExampleClient_EmitWithAck() {
	io := socketio.NewServer(nil)
	io.Handle("add", func(_ *socketio.Socket, a, b int) int { return a + b })
	io.Handle("silence", func(_ *socketio.Socket, ack func()) {}) // which it never calls
	address, closeAll := serveExample(io)
	defer closeAll()
	ctx := context.Background()

	c := socketio.NewClient(address, nil)
	defer c.Close()
	if err := c.Connect(ctx); err != nil {
		log.Fatal(err)
	}
	answer, err := c.EmitWithAck(ctx, "add", 2, 3)
	var sum int
	if err := errors.Join(err, answer.Scan(&sum)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(sum)

	_, err = c.Timeout(50*time.Millisecond).EmitWithAck(ctx, "silence")
	fmt.Println(errors.Is(err, socketio.ErrAckTimeout))
	// Output:
	// 5
	// true
}

// What Emit says when the event has not gone to the server, nor will.
func ExampleClient_Emit() {
	address, closeAll := serveExample(socketio.NewServer(nil))
	defer closeAll()
	c := socketio.NewClient(address, nil)
	fmt.Println(c.Emit("too early"))
	if err := c.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	fmt.Println(c.Emit("hello"))
	fmt.Println(c.Emit("large", make([]byte, 2_000_000)))
	_ = c.Close()
	fmt.Println(c.Emit("too late"))
	// Output:
	// socketio: disconnected
	// <nil>
	// engineio: message larger than the server's maxPayload
	// socketio: disconnected
}

// With connection state recovery at the server, a client that comes back in time keeps its id and its rooms, and gets
// the events that it has missed, before OnConnect.
func ExampleClient_Recovered() {
	io := socketio.NewServer(&socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}})
	io.OnConnection(func(s *socketio.Socket) {
		if !s.Recovered() {
			s.Join("news")
			s.Emit("news", "one") // the server does not remember for whom has not seen any event
		}
	})
	address, closeAll := serveExample(io)
	defer closeAll()

	c := socketio.NewClient(address, &socketio.ClientOptions{ReconnectionDelay: 10 * time.Millisecond})
	defer c.Close()
	done := make(chan bool, 4) // something has been printed
	c.On("news", func(text string) {
		fmt.Println("news:", text)
		done <- true
	})
	c.OnConnect(func() {
		fmt.Println("recovered:", c.Recovered())
		done <- true
	})
	if err := c.Connect(context.Background()); err != nil {
		log.Fatal(err)
	}
	<-done
	<-done
	for s := range io.Sockets() {
		s.Conn().Close() // as if the network had failed
	}
	io.To("news").Emit("news", "two")
	<-done
	<-done
	// Output:
	// recovered: false
	// news: one
	// news: two
	// recovered: true
}

// The same constants at both ends.
func ExampleEvent_client() {
	io := socketio.NewServer(nil)
	chatEvent.Handle(io, func(s *socketio.Socket, line chatLine) {
		line.Text += "!"
		_ = chatEvent.Emit(io, line)
	})
	addCall.Handle(io, func(_ *socketio.Socket, numbers []int) (sum int, err error) {
		if len(numbers) == 0 {
			return 0, &socketio.AckError{Message: "nothing to add"}
		}
		for _, n := range numbers {
			sum += n
		}
		return sum, nil
	})
	address, closeAll := serveExample(io)
	defer closeAll()
	ctx := context.Background()

	c := socketio.NewClient(address, nil)
	defer c.Close()
	heard := make(chan chatLine)
	chatEvent.On(c, func(line chatLine) { heard <- line })
	if err := c.Connect(ctx); err != nil {
		log.Fatal(err)
	}
	_ = chatEvent.Emit(c, chatLine{Room: "lobby", Text: "hello"})
	fmt.Println((<-heard).Text)

	sum, err := addCall.Do(ctx, c, []int{1, 2, 3})
	fmt.Println(sum, err)
	_, err = addCall.Do(ctx, c.Timeout(5*time.Second), nil)
	if failed, ok := errors.AsType[*socketio.AckError](err); ok {
		fmt.Println("the server says:", failed.Message)
	}
	// Output:
	// hello!
	// 6 <nil>
	// the server says: nothing to add
}
