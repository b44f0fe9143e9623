package socketio_test

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"

	"github.com/socketio-go/socketio"
)

// lockedBuffer is for what several goroutines write.
type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

// TestClientLogDoc: the client says what docs/observability.md says that it does, at that level.
func TestClientLogDoc(t *testing.T) {
	t.Parallel()
	bubble(t, "lines", func(t *testing.T) {
		_, section, _ := strings.Cut(readFile(t, "docs/observability.md"), "### The Go client")
		section, _, _ = strings.Cut(section, "\n### ")
		levelOf := map[string]string{}
		for line := range strings.Lines(section) {
			for _, level := range []string{"Error", "Warn", "Info", "Debug"} {
				if strings.HasPrefix(line, "| "+level+" |") {
					levelOf[level] = line
				}
			}
		}

		var log lockedBuffer
		a := serve(t, &socketio.ServerOptions{MaxPayload: 10_000})
		opts := &socketio.ClientOptions{
			Auth:   map[string]string{"token": "secret"},
			Logger: slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		}
		g := a.guest("?key=secret", opts)
		g.On("number", func(int) {})
		g.On("fail", func() error { return errors.New("oh") })
		g.On("panic", func() { panic("oh") })
		g.connect()
		for _, event := range []string{"number", "fail", "panic"} {
			a.Emit(event, "text")
		}
		g.story.want()
		g.network.setDown(true)
		g.network.cut()
		g.story.want("disconnect transport close")
		g.Emit("large", strings.Repeat("x", 10_000)) // not known yet
		_ = g.Connect(t.Context())
		g.network.setDown(false)
		if err := g.Connect(t.Context()); err != nil {
			t.Fatal(err)
		}
		g.network.cut()
		g.story.want("connect_error the network is down", "connect", "disconnect transport close")
		g.Emit("lost")
		_ = g.Close()

		for msg, level := range map[string]string{
			"socketio: handler panicked": "Error",

			"socketio: event does not fit its handler": "Warn",
			"socketio: handler failed":                 "Warn",
			"socketio: event not sent":                 "Warn",

			"socketio: connection opened":                             "Debug",
			"socketio: connected":                                     "Debug",
			"socketio: disconnected":                                  "Debug",
			"socketio: connection lost":                               "Debug",
			"socketio: no connection":                                 "Debug",
			"socketio: reconnecting":                                  "Debug",
			"engineio: session opened":                                "Debug",
			"engineio: session upgraded":                              "Debug",
			"engineio: session closed":                                "Debug",
			"socketio: events dropped, as the client is disconnected": "Debug",
		} {
			if !strings.Contains(log.String(), fmt.Sprintf("level=%s msg=%q", strings.ToUpper(level), msg)) {
				t.Errorf("the client does not say %q at level %s", msg, level)
			}
			if _, text, _ := strings.Cut(msg, ": "); !strings.Contains(levelOf[level], text) {
				t.Errorf("the page does not have %q at level %s", text, level)
			}
		}
		if strings.Contains(log.String(), "secret") {
			t.Error("there is a secret in the log")
		}
		if t.Failed() {
			t.Log(log.String())
		}
	})
}
