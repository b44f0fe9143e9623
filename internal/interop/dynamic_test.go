package interop

import (
	"context"
	"errors"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

func TestDynamicNamespaces(t *testing.T) {
	scenarios(t, "dynamic", handleDynamic, "regexp", "asked", "race", "everybody", "again")
}

func handleDynamic(io *socketio.Server) {
	var mu sync.Mutex
	made := map[string]int{} // guarded by mu
	io.OnNewNamespace(func(n *socketio.Namespace) {
		mu.Lock()
		defer mu.Unlock()
		made[n.Name()]++
	})
	io.Handle("made", func(name string) int {
		mu.Lock()
		defer mu.Unlock()
		return made[name]
	})
	rooms := io.OfRegexp(regexp.MustCompile(`^/room-\d+$`))
	slow := io.OfFunc(func(ctx context.Context, name string, h *socketio.Handshake) (bool, error) {
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
		}
		var auth struct {
			Answer string `json:"answer"`
		}
		if err := h.ScanAuth(&auth); err != nil {
			return false, err
		}
		switch auth.Answer {
		case "error":
			return false, errors.New("no connection to db.internal")
		case "words":
			return false, &socketio.ConnectError{Message: "no such room", Data: []int{404}}
		}
		return name == "/asked" && auth.Answer == "yes", nil
	})
	for _, parent := range []*socketio.Namespace{rooms, slow} {
		parent.Handle("who", func(s *socketio.Socket) string { return s.Namespace().Name() })
		parent.Handle("join", func(s *socketio.Socket, room string) { s.Join(room) })
	}
	io.Handle("tell", func(room, event string, data []byte) error {
		return rooms.To(room).Emit(event, data)
	})
	io.Handle("poll", func(ctx context.Context) (answers []string, err error) {
		all, err := rooms.Timeout(10*time.Second).EmitWithAck(ctx, "poll")
		for _, a := range all {
			var s string
			if err := a.Scan(&s); err != nil {
				return nil, err
			}
			answers = append(answers, s)
		}
		return answers, err
	})
}
