package socketio_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// slowEnd is a transport whose requests take a second to end.
type slowEnd struct{}

func (slowEnd) RoundTrip(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	time.Sleep(time.Second) // fake time
	return nil, context.Cause(r.Context())
}

func TestClientCloseWaits(t *testing.T) {
	t.Parallel()
	bubble(t, "for an attempt that Disconnect has given up", func(t *testing.T) {
		c := socketio.NewClient("http://host", &socketio.ClientOptions{HTTPClient: &http.Client{Transport: slowEnd{}}})
		errs := make(chan error, 1)
		go func() { errs <- c.Connect(t.Context()) }() // ends with Disconnect
		wait(time.Second)
		c.Disconnect()
		<-errs
		start := time.Now()
		_ = c.Close()
		if d := time.Since(start); d != time.Second {
			t.Errorf("Close took %v, and the attempt 1s", d)
		}
	})
}
