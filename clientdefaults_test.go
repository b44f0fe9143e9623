package socketio_test

import (
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// TestClientOptionsAreCheckedAtOnce: what is found out later ends the program, in a goroutine of ours.
func TestClientOptionsAreCheckedAtOnce(t *testing.T) {
	t.Parallel()
	for name, opts := range map[string]*socketio.ClientOptions{
		`"carrier pigeon" in Transports`:         {Transports: []string{"carrier pigeon"}},
		"Transports is empty":                    {Transports: []string{}},
		"RequestTimeout is negative":             {RequestTimeout: -1},
		"PerMessageDeflateThreshold is set":      {PerMessageDeflateThreshold: 1},
		"PerMessageDeflateThreshold is negative": {PerMessageDeflate: true, PerMessageDeflateThreshold: -1},
	} {
		if text := panicText(func() { socketio.NewClient("http://host", opts) }); !strings.Contains(text, name) {
			t.Errorf("%s: panicked with %q", name, text)
		}
	}
}

func TestClientOptionsAreCopied(t *testing.T) {
	t.Parallel()
	bubble(t, "header and transports", func(t *testing.T) {
		a := serve(t, nil)
		var got []string
		a.OnConnection(func(s *socketio.Socket) {
			h := s.Handshake()
			got = append(got, h.Headers.Get("X-Test")+" "+h.Query.Get("transport"))
		})
		opts := &socketio.ClientOptions{Header: http.Header{"X-Test": {"a"}}, Transports: []string{"websocket"}}
		g := a.guest("", opts)
		g.connect()
		opts.Header["X-Test"][0] = "b"
		opts.Header.Set("X-Test", "b")
		opts.Transports[0] = "polling"
		g.network.cut()
		wait(time.Minute)
		if strings.Join(got, ", ") != "a websocket, a websocket" {
			t.Errorf("got %q", got)
		}
	})
	bubble(t, "no limit", func(t *testing.T) {
		a := serve(t, nil)
		g := a.guest("", &socketio.ClientOptions{
			MaxQueuedBytes: math.MaxInt, MaxPayload: math.MaxInt, MaxUnhandledBytes: math.MaxInt,
			MaxPendingAcks: math.MaxInt, ReconnectionDelay: math.MaxInt64, ConnectTimeout: math.MaxInt64,
		})
		a.Handle("x", func(*socketio.Socket) int { return 1 })
		g.connect()
		if _, err := g.EmitWithAck(t.Context(), "x"); err != nil {
			t.Error(err)
		}
	})
}
