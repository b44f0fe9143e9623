package socketio_test

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio"
)

// Clients of a dynamic namespace lose their connections and come back, also before the server notices, all at once and
// while others send: each sees every event once, in order.
func TestRecoveryCrowd(t *testing.T) {
	for _, run := range []bool{false, true} {
		bubble(t, fmt.Sprintf("middlewares %t", run), func(t *testing.T) {
			const clients, emitters, each = 8, 4, 150
			a := serve(t, &socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{RunMiddlewares: run}})
			parent := a.OfFunc(always)
			parent.Use(func(s *socketio.Socket) error {
				time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond) // fake time
				s.Join("r")
				return nil
			})
			var users, busy sync.WaitGroup
			ready := make(chan struct{}, clients)
			for range clients { // end with the last event
				users.Go(func() { returning(a, ready) })
			}
			for range clients {
				<-ready
			}
			for range emitters { // end when all is sent
				busy.Go(func() {
					for i := range each {
						if i%2 == 0 {
							_ = parent.Emit("n")
						} else {
							_ = a.Existing("/dyn").To("r").Emit("n")
						}
						time.Sleep(time.Duration(rand.IntN(3)) * time.Millisecond) // fake time
					}
				})
			}
			busy.Wait()
			_ = parent.Emit("end")
			users.Wait()
			synctest.Wait()
			time.Sleep(time.Hour) // fake time
			equal(t, "namespaces", a.NamespaceNames(), []string{"/"})
		})
	}
}

// returning is a client that comes back until it has seen the event "end".
func returning(a *app, ready chan<- struct{}) {
	var state struct {
		PID    string `json:"pid"`
		Offset string `json:"offset,omitzero"`
		SID    string `json:"-"`
	}
	last := uint64(0)
	for visits := 0; ; visits++ {
		ws, _ := a.host.WebSocket()
		auth, _ := json.Marshal(state)
		if visits == 0 {
			auth = nil
		}
		ws.Send("40/dyn," + string(auth))
		for life := 1 + rand.IntN(30); life > 0; {
			p := ws.Text()
			if answer, ok := strings.CutPrefix(p, "40/dyn,"); ok {
				if visits == 0 {
					_ = json.Unmarshal([]byte(answer), &state)
					state.SID = answer
					ready <- struct{}{}
				} else if answer != state.SID {
					a.t.Errorf("visit %d: %s after %s", visits, answer, state.SID)
				}
				continue
			}
			life--
			state.Offset = offset(p)
			n, err := strconv.ParseUint(state.Offset, 36, 64)
			if err != nil || n != last+1 {
				a.t.Errorf("event %q follows number %d", p, last)
				return
			}
			last = n
			if strings.HasPrefix(p, `42/dyn,["end"`) {
				ws.Close()
				return
			}
		}
		if visits%2 == 0 {
			ws.Close()
		} else {
			defer ws.Close() // the server finds out when the client is back
		}
	}
}
