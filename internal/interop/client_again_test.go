package interop

import (
	"errors"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// TestGoClientAgain connects again after Disconnect, and then still comes back by itself.
func TestGoClientAgain(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, nil)
		for range 2 {
			c.connect()
			id := c.ID()
			c.Disconnect()
			c.expect("disconnect: io client disconnect")
			if c.ID() != "" || c.Active() || c.Connected() || c.Context().Err() == nil {
				t.Error("it should know that it has left")
			}
			c.connect()
			if c.ID() == id {
				t.Error("it is the same socket")
			}
			c.Emit("cut")
			c.until("disconnect: transport ")
			c.until("connect")
			c.Disconnect()
			c.until("disconnect: io client disconnect")
		}
		if c.Of("/") != c.Client {
			t.Error("Of makes another client of the same namespace")
		}
		if err := c.Close(); err != nil || c.Active() {
			t.Errorf("Close: %v", err)
		}
		o.waitFor(t, "disconnect", 4) // of one that was cut while no poll waited the server learns late
		if n := len(o.seen(t, "connect")); n != 6 {
			t.Errorf("the server has seen %d sockets", n)
		}
	})
}

// TestGoClientLeavesWhileOpening calls Disconnect before there is a connection, which is no error.
func TestGoClientLeavesWhileOpening(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, nil)
		other := c.of("/a")
		never := c.of("/never")
		errs := make(chan error, 1)
		for range 5 {
			go func() { errs <- never.tryConnect() }() // ends with Disconnect
			eventually(t, "attempt", never.Active)
			never.Disconnect()
			if err := receive(t, "result of Connect", errs); !errors.Is(err, socketio.ErrDisconnected) {
				t.Errorf("Connect: %v", err)
			}
		}
		c.connect()
		other.connect()
		go func() { errs <- never.tryConnect() }() // ends with Disconnect
		eventually(t, "attempt", never.Active)
		c.Disconnect() // another namespace than those that stay
		never.Disconnect()
		receive(t, "result of Connect", errs)
		askFor[string](other, "id")
		if len(never.life) > 0 {
			t.Errorf("the client says %q", <-never.life)
		}
	})
}

// TestGoClientStopsReconnecting leaves while there is no server: with one namespace, not with the other.
func TestGoClientStopsReconnecting(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		c := o.client(t, m, nil)
		stays := c.of("/a")
		attempts := make(chan int, 1000)
		c.OnReconnectAttempt(func(n int) {
			if n == 2 {
				c.Disconnect() // in a handler
			}
			attempts <- n
		})
		c.connect()
		stays.connect()
		o.stop(t)
		for receive(t, "attempt", attempts) < 2 {
		}
		eventually(t, "end of the attempts", func() bool { return !c.Active() })
		stays.until("connect_error: ")
		o.start(t)
		stays.until("connect")
		for !stays.Connected() {
			stays.until("connect")
		}
		if c.Active() || c.Connected() {
			t.Error("the client that has left is back")
		}
		for len(c.life) > 0 {
			<-c.life
		}
		if err := c.tryConnect(); err != nil {
			t.Error("Connect after that:", err)
		}
		askFor[string](c, "id")
	})
}

// TestGoClientGivesUp counts attempts where nobody listens, also of a namespace that joins them late.
func TestGoClientGivesUp(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		o.stop(t)
		c := o.client(t, m, &socketio.ClientOptions{
			ReconnectionAttempts: 2, ReconnectionDelay: 100 * time.Millisecond, RandomizationFactor: -1,
		})
		other := c.of("/a")
		attempts, failures := make(chan int, 10), make(chan error, 10)
		c.OnReconnectAttempt(func(n int) { attempts <- n })
		c.OnReconnectError(func(err error) { failures <- err })
		if err := c.tryConnect(); err == nil || !c.Active() {
			t.Fatalf("Connect: %v, active: %v", err, c.Active())
		}
		_ = other.tryConnect()
		c.until("reconnect_failed")
		other.until("reconnect_failed")
		for n := 1; n <= 2; n++ {
			if got := receive(t, "attempt", attempts); got != n {
				t.Errorf("attempt %d, want %d", got, n)
			}
			receive(t, "failure", failures)
		}
		if len(attempts) > 0 || len(failures) > 0 || c.Active() || other.Active() {
			t.Error("it goes on")
		}
		once := o.client(t, m, &socketio.ClientOptions{NoReconnection: true})
		if err := once.tryConnect(); err == nil || once.Active() {
			t.Errorf("NoReconnection: %v, active: %v", err, once.Active())
		}
		o.start(t)
		c.connect()
		once.until("connect_error")
		once.connect()
	})
}
