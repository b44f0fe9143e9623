package socketio_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// TestClientAsksOnce leaves a namespace before the server has let the client in, on a connection that goes on, and wants
// it again: a server closes the connection for a second CONNECT.
func TestClientAsksOnce(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]string{
		"let in":  `0/slow,{"sid":"b"}`,
		"refused": `4/slow,{"message":"no"}`,
	} {
		bubble(t, name, func(t *testing.T) {
			var got []string
			var server *script
			a := scripted(t, func(s *script, packet string) {
				server = s
				if packet == "0" {
					s.say(`0{"sid":"a"}`)
					return
				}
				got = append(got, packet)
			})
			g := a.guest("", nil)
			g.connect()
			slow := g.Of("/slow")
			slow.On("x", func() { t.Error("an event of a visit that was given up") })
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			if err := slow.Connect(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			errs := make(chan error, 1)
			go func() { errs <- slow.Connect(t.Context()) }() // ends with the second answer
			wait(time.Second)
			server.say(`2/slow,["x"]`)
			server.say("%s", answer)
			wait(time.Second)
			want := []string{"0/slow,", "1/slow,", "0/slow,"}
			if name == "refused" {
				want = []string{"0/slow,", "0/slow,"}
			}
			if !slices.Equal(got, want) {
				t.Errorf("the server got %q, want %q", got, want)
			}
			server.say(`0/slow,{"sid":"c"}`)
			if err := <-errs; err != nil || slow.ID() != "c" || !g.Connected() {
				t.Errorf("got %v, id %q", err, slow.ID())
			}
		})
	}
	bubble(t, "our server", func(t *testing.T) {
		a := serve(t, nil)
		a.Of("/slow").Use(func(s *socketio.Socket) error {
			time.Sleep(5 * time.Second) // fake time
			return nil
		})
		g := a.guest("", nil)
		g.connect()
		slow := g.Of("/slow")
		for range 3 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			if err := slow.Connect(ctx); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			cancel()
		}
		if err := slow.Connect(t.Context()); err != nil {
			t.Error(err)
		}
		wait(time.Minute)
		g.story.want()
		if n := len(slices.Collect(a.Of("/slow").Sockets())); n != 1 {
			t.Errorf("%d sockets in /slow", n)
		}
	})
}
