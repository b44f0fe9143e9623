package engineio_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

func TestClientEcho(t *testing.T) {
	eachCarrier(t, nil, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
		u := n.user(o)
		p := a.peer()
		if u.ID() != p.ID() || u.LogID() != p.LogID() || u.MaxPayload() != 1_000_000 {
			t.Errorf("ID %q, LogID %q, MaxPayload %d", u.ID(), u.LogID(), u.MaxPayload())
		}
		if p.Request().URL.Query().Get("token") != "1" {
			t.Errorf("the request was %v", p.Request().URL)
		}
		u.send("a", "héllo", "", strings.Repeat("x", 100_000))
		if err := u.Send(0, text("with"), engineio.CopyBinary([]byte{0, 255}), engineio.CopyBinary(nil)); err != nil {
			t.Fatal(err)
		}
		u.expect("a", "héllo", "", strings.Repeat("x", 100_000), "with", "b:\x00\xff", "b:")
		if o.Transports == nil && !o.NoUpgrade {
			u.expectTransport("websocket")
		}
		time.Sleep(10 * time.Minute) // fake time
		u.expectOpen()
		p.expectOpen()
		u.send("b")
		if got := u.received(); got[len(got)-1] != "b" {
			t.Errorf("received %.200q", got)
		}
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
		p.expectClose(engineio.TransportClose)
	})
}

// TestClientUpgrade: what is sent either way while the session moves arrives once and in order.
func TestClientUpgrade(t *testing.T) {
	runClient(t, &engineio.Options{MaxQueuedBytes: 64 << 20}, func(t *testing.T, a *app, n *clientNet) {
		const count = 5000
		a.onMessage = ignore
		u := n.user(engineio.ClientOptions{})
		p := a.peer()
		up, down := numbered("up", count), numbered("down", count)
		sent := make(chan struct{})
		go func() { // ends when all is sent
			defer close(sent)
			for i, s := range down {
				p.send(s)
				if i%100 == 0 {
					settle()
				}
			}
		}()
		for i, s := range up {
			u.send(s)
			if i%70 == 0 {
				settle()
			}
		}
		<-sent
		u.expectTransport("websocket")
		u.expect(down...)
		p.expect(up...)
		if n := goroutines(); n > 12 {
			t.Errorf("%d goroutines", n)
		}
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
		p.expectClose(engineio.TransportClose)
	})
}

func TestClientServerCloses(t *testing.T) {
	eachCarrier(t, nil, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
		u := n.user(o)
		p := a.peer()
		synctest.Wait()
		p.send("last")
		p.Session.Close()
		u.expectClose(engineio.TransportClose)
		u.expect("last")
	})
}
