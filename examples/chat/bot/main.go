// Command bot is somebody in the chat who answers commands, such as !help: a Go client of the server that the browsers
// talk with. It comes back when the server does, and leaves when it is interrupted. To try it, start the chat by
// make demo, and then, for one room or several:
//
//	go run ./examples/chat/bot Lobby "Tea kitchen"
package main

import (
	"context"
	"errors"
	"flag"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/socketio-go/socketio"
)

// What the chat's server understands, by its own names for it. Both fail with what a person would see.
const (
	join socketio.Call[string, struct{}] = "join"    // the name of a room
	say  socketio.Call[string, struct{}] = "message" // to the others in the room
)

// A person is who has said something.
type person struct {
	Name string `json:"name"`
}

func main() {
	url := flag.String("url", "http://localhost:3000", "`URL` of the chat")
	name := flag.String("name", "Bot", "`name` in the chat")
	flag.Parse()
	rooms := flag.Args()
	if len(rooms) == 0 {
		rooms = []string{"Lobby"}
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, *url, *name, rooms); err != nil {
		slog.Error("ended", "error", err)
		os.Exit(1)
	}
}

// run is in all rooms until ctx ends, which is no error, or one of them cannot be joined. In the chat one is in one room
// at a time, so there is a client for each.
func run(ctx context.Context, url, name string, rooms []string) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	for _, room := range rooms {
		c := newBot(url, name, room, cancel)
		defer c.Close()
		_ = c.Connect(ctx) // if the server is not up yet, the client goes on trying
	}
	<-ctx.Done()
	if err := context.Cause(ctx); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// newBot makes a client that, once connected, is in a room. refused is called if the chat does not want it.
func newBot(url, name, room string, refused func(error)) *socketio.Client {
	c := socketio.NewClient(url, &socketio.ClientOptions{
		Auth:                 map[string]string{"name": name},
		ReconnectionDelay:    500 * time.Millisecond,
		ReconnectionDelayMax: 5 * time.Second,
		Logger:               slog.Default(),
	})
	log := slog.With("room", room)

	c.OnConnect(func() { // each time, as a server that has been restarted knows nobody
		_, err := join.Do(c.Context(), c, room)
		if _, failed := errors.AsType[*socketio.AckError](err); failed {
			refused(err)
		} else if err == nil { // otherwise the connection is lost again
			log.Info("joined", "id", c.ID())
		}
	})
	c.OnDisconnect(func(reason socketio.DisconnectReason) { log.Info("disconnected", "reason", reason) })
	c.OnConnectError(func(err error) {
		log.Warn("not connected", "error", err)
		if _, failed := errors.AsType[*socketio.ConnectError](err); failed {
			refused(err)
		}
	})
	c.On("message", func(from person, text string) {
		reply := answer(text)
		if reply == "" {
			return
		}
		log.Info("asked", "by", from.Name, "command", text)
		if _, err := say.Do(c.Context(), c, from.Name+": "+reply); err != nil {
			log.Warn("not answered", "error", err)
		}
	})
	return c
}
