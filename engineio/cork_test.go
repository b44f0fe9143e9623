package engineio_test

import (
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/memnet"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// A countingListener counts what its connections write.
type countingListener struct {
	net.Listener
	writes, bytes atomic.Int64
}

func (l *countingListener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	return &countingConn{conn, l}, err
}

type countingConn struct {
	net.Conn
	listener *countingListener
}

func (c *countingConn) Write(b []byte) (int, error) {
	n, err := c.Conn.Write(b)
	c.listener.writes.Add(1)
	c.listener.bytes.Add(int64(n))
	return n, err
}

// runCounting is run on a network whose connections hold buffer bytes each way (0: the default), with the counts of
// what the server writes.
func runCounting(t *testing.T, opts *engineio.Options, buffer int, test func(t *testing.T, a *app, l *countingListener)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, opts)
		l := memnet.Listen()
		l.Buffer = buffer
		counting := &countingListener{Listener: l}
		a.Host = wiretest.ServeOn(t, path, l, counting, &http.Server{Handler: a.server})
		t.Cleanup(a.end)
		test(t, a, counting)
	})
}

// TestCork shows that what is sent between Cork and Uncork leaves in one write, if that does not take long.
func TestCork(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // so that whoever flushes for slow corkers does not come first
	t.Run("WebSocket", func(t *testing.T) {
		runCounting(t, nil, 0, func(t *testing.T, a *app, l *countingListener) {
			ws, p := a.webSocket()
			synctest.Wait()
			before := l.writes.Load()
			p.Cork()
			p.Cork()
			list := numbered("", 30)
			p.send(list...)
			p.Uncork()
			p.Uncork()
			ws.Expect(packets(list)...)
			if n := l.writes.Load() - before; n != 1 {
				t.Errorf("%d writes", n)
			}
		})
	})
	t.Run("polling", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			answer := poll(c)
			p.Cork()
			p.send("a", "b", "c")
			p.Uncork()
			if res := <-answer; res.Body != "4a\x1e4b\x1e4c" {
				t.Errorf("polled %q", res.Body)
			}
		})
	})
	t.Run("answers of a batch", func(t *testing.T) {
		runCounting(t, nil, 0, func(t *testing.T, a *app, l *countingListener) {
			corked := false // owned by the reader
			a.onMessage = func(p *peer, data string, binary bool) {
				if !corked {
					p.Cork()
					corked = true
				}
				echo(p, data, binary)
			}
			a.onBatch = func(p *peer) {
				p.Uncork()
				corked = false
			}
			ws, _ := a.webSocket()
			synctest.Wait()
			before := l.writes.Load()
			list := numbered("4", 10)
			ws.Send(list...)
			ws.Expect(list...)
			if n := l.writes.Load() - before; n != 1 {
				t.Errorf("%d writes", n)
			}
		})
	})
}

// TestSlowCorker: whoever corks and then takes its time does not hold messages back, its own or those of others.
func TestSlowCorker(t *testing.T) {
	t.Run("WebSocket", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			ws, p := a.webSocket()
			start := time.Now()
			p.Cork()
			p.send("a", "b")
			ws.Expect("4a", "4b")
			p.send("c")
			ws.Expect("4c")
			if d := time.Since(start); d > 2*time.Millisecond {
				t.Errorf("held back for %v", d)
			}
			ws.Expect("2") // the heartbeat, too
			p.Uncork()
			p.send("d")
			ws.Expect("4d")
		})
	})
	t.Run("while the open packet is held back", func(t *testing.T) { // as a WebSocket of protocol 3 wants it
		run(t, &engineio.Options{AllowEIO3: true}, func(t *testing.T, a *app) {
			a.onOpen = func(p *peer) { p.Cork() }
			start := time.Now()
			ws := a.WS("EIO=3&transport=websocket")
			p := a.peer()
			time.Sleep(5 * time.Millisecond) // fake time
			p.send("a")
			if open := ws.Text(); open[0] != '0' {
				t.Errorf("open packet: %q", open)
			}
			ws.Expect("4a")
			p.send("b")
			ws.Expect("4b")
			if d := time.Since(start); d > 12*time.Millisecond {
				t.Errorf("held back for %v", d)
			}
			p.Uncork()
		})
	})
	t.Run("polling", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			answer := poll(c)
			p.Cork()
			p.send("a")
			if res := <-answer; res.Body != "4a" {
				t.Errorf("polled %q", res.Body)
			}
			p.send("b")
			expectPackets(t, c.Poll(), "4b")
			p.Uncork()
		})
	})
}

// TestMuchHeldBack: what waits for Uncork or Flush is written before the slow-consumer policy acts, whose business it
// is not.
func TestMuchHeldBack(t *testing.T) {
	large := text(pad("x", 600_000))
	for _, row := range []struct {
		name   string
		flags  engineio.Flags
		before func(*engineio.Session)
		after  func(*engineio.Session)
	}{
		{"Cork", 0, (*engineio.Session).Cork, (*engineio.Session).Uncork},
		{"Hold", engineio.Hold, func(*engineio.Session) {}, (*engineio.Session).Flush},
	} {
		t.Run(row.name, func(t *testing.T) {
			for _, policy := range []engineio.SlowConsumerPolicy{engineio.Disconnect, engineio.DropOldest, engineio.DropNewest} {
				run(t, &engineio.Options{SlowConsumer: policy}, func(t *testing.T, a *app) {
					ws, p := a.webSocket()
					row.before(p.Session)
					for range 2 { // more than MaxQueuedBytes
						if err := p.Send(row.flags|engineio.Droppable, large); err != nil {
							t.Error(err)
						}
					}
					row.after(p.Session)
					for range 2 {
						if s := ws.Text(); len(s) != 1+600_000 {
							t.Errorf("received %d bytes", len(s))
						}
					}
					p.expectOpen()
				})
			}
		})
	}
}

// TestPausedReader sends 30 MB to a WebSocket whose client does not read: what is kept is bounded, and the client is
// given up at once.
func TestPausedReader(t *testing.T) {
	const size = 100_000
	for _, row := range []struct {
		name   string
		policy engineio.SlowConsumerPolicy
		open   bool
	}{
		{"Disconnect", engineio.Disconnect, false},
		{"DropOldest", engineio.DropOldest, true},
		{"DropNewest", engineio.DropNewest, true},
	} {
		t.Run(row.name, func(t *testing.T) {
			runCounting(t, &engineio.Options{SlowConsumer: row.policy}, 4096, func(t *testing.T, a *app, l *countingListener) {
				ws, p := a.webSocket()
				other, _ := a.webSocket()
				message := text(pad("x", size))
				accepted := 0
				for range 300 {
					if p.Send(engineio.Droppable, message) == nil {
						accepted++
					}
				}
				start := time.Now()
				other.Send("4a") // others do not notice
				other.Expect("4a")
				if row.open {
					p.expectOpen()
				} else {
					p.expectClose(engineio.SlowConsumer)
					ws.ExpectClose()
				}
				if d := time.Since(start); d != 0 {
					t.Errorf("it took %v", d)
				}
				if row.policy == engineio.DropNewest && accepted*size > 1<<20+2*size {
					t.Errorf("%d messages of 100 kB wait", accepted)
				}
				if row.policy == engineio.DropOldest {
					if accepted != 300 {
						t.Errorf("%d messages accepted", accepted)
					}
					p.send("end")
					n := 0
					for s := ""; s != "4end"; n++ {
						s = ws.Text()
					}
					if n*size > 1<<20+2*size {
						t.Errorf("%d messages of 100 kB waited", n)
					}
				}
			})
		})
	}
}

// TestUnreadPoll: a poll's answer that the client does not read counts until the network has taken it. So does
// the next one, and the session ends before there are more.
func TestUnreadPoll(t *testing.T) {
	runCounting(t, nil, 4096, func(t *testing.T, a *app, _ *countingListener) {
		c, p := a.polling()
		accepted := 0
		for range 100 {
			conn := a.Dial()
			defer conn.Close()
			conn.Write([]byte("GET /engine.io/?" + c.Query() + " HTTP/1.1\r\nHost: app.example\r\n\r\n"))
			synctest.Wait()
			for range 3 {
				if p.Send(0, text(pad("x", 100_000))) == nil {
					accepted++
				}
			}
			synctest.Wait()
		}
		p.expectClose(engineio.SlowConsumer)
		if accepted > 10 {
			t.Errorf("%d messages of 100 kB wait", accepted)
		}
		// the answers are given up as well
		time.Sleep(45 * time.Second) // fake time
		synctest.Wait()
	})
}
