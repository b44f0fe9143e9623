package engineio_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// TestClientPollsOnce has connections lost while a poll waits on one that was used before: net/http would make the
// request again, and what the server has answered to the first would be lost unnoticed.
func TestClientPollsOnce(t *testing.T) {
	t.Parallel()
	for _, redirected := range []bool{false, true} {
		t.Run(fmt.Sprint("redirected ", redirected), func(t *testing.T) {
			t.Parallel()
			var polls atomic.Int32
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch q := r.URL.Query(); {
				case q.Get("sid") == "":
					fmt.Fprint(w, `0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000}`)
				case redirected && r.URL.Path != "/there":
					http.Redirect(w, r, "/there?"+r.URL.RawQuery, http.StatusTemporaryRedirect)
				case polls.Add(1) == 1:
					fmt.Fprint(w, "4hello")
				default:
					conn, _, err := http.NewResponseController(w).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					_ = conn.Close()
				}
			}))
			defer server.Close()
			u := &user{t: t, gone: make(chan struct{})}
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			defer cancel()
			c, err := engineio.Dial(ctx, server.URL, nil, func(*engineio.Client) engineio.Handler { return u })
			if err != nil {
				t.Fatal(err)
			}
			select {
			case <-c.Done():
			case <-ctx.Done():
				t.Fatal("the session goes on")
			}
			if n := polls.Load(); n != 2 || u.reason != engineio.TransportError {
				t.Errorf("%d polls, then %q: %v", n, u.reason, u.cause)
			}
		})
	}
}
