package socketio_test

import (
	"context"
	"errors"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
	"github.com/socketio-go/socketio/metrics"
)

// counts are series that are not zero.
type counts map[metrics.Series]int64

// plus adds to what is counted of a socket what else a row expects.
func (c counts) plus(more counts) counts {
	c = maps.Clone(c)
	for s, n := range more {
		if c[s] += n; c[s] == 0 {
			delete(c, s)
		}
	}
	return c
}

// ours reports whether a series is moved by this package, not by the engine.
func ours(s metrics.Series) bool {
	return s == metrics.Sockets || s == metrics.Namespaces || s >= metrics.EventsReceived
}

func countsOf(c *metrics.Counters) counts {
	m := counts{}
	for s := range metrics.All() {
		if v := c.Value(s); v != 0 && ours(s) {
			m[s] = v
		}
	}
	return m
}

var (
	noClient  = counts{metrics.Namespaces: 1}
	oneClient = counts{metrics.Namespaces: 1, metrics.Sockets: 1}
)

// A metricsRow is something that happens, and what has been counted when it has.
type metricsRow struct {
	name string
	opts socketio.ServerOptions
	do   func(*testing.T, *app)
	want counts
}

var eventRows = []metricsRow{
	{"received", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.connect().Send(`42["a"]`, `421["b"]`, `42["c"]`)
	}, oneClient.plus(counts{metrics.EventsReceived: 3})},
	{"emitted", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		s := a.connect().socket()
		_ = s.Emit("a")
		_ = s.Emit("b", []byte{1})
		_ = s.Emit("cannot be encoded", func() {})
		s.Disconnect(false)
		_ = s.Emit("nobody there")
	}, noClient.plus(counts{metrics.EventsSent: 2, metrics.DisconnectsServer: 1})},
	{"broadcast", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		for range 3 {
			a.connect()
		}
		_ = a.Emit("a")
		_ = a.To("empty").Emit("b")
	}, counts{metrics.Namespaces: 1, metrics.Sockets: 3, metrics.EventsSent: 3}},
	{
		"dropped",
		socketio.ServerOptions{MaxQueuedBytes: 1000, SlowConsumer: engineio.DropNewest},
		func(_ *testing.T, a *app) {
			s := a.connect().socket()
			_ = s.Emit("a", strings.Repeat("x", 200_000)) // more than the network takes
			_ = s.Emit("b", strings.Repeat("x", 600))
			_ = s.Emit("c", strings.Repeat("x", 600))
			_ = s.Volatile().Emit("d")
			_ = a.Volatile().Emit("e")
		}, oneClient.plus(counts{metrics.EventsSent: 2}),
	},
	{"with recovery", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}}, func(_ *testing.T, a *app) {
		v, _ := a.visit("")
		_ = v.socket().Emit("a")
		offset := offset(v.Text())
		v.drop()
		_ = a.Emit("missed")
		v.back(offset)
	}, oneClient.plus(counts{
		metrics.EventsSent: 2, metrics.DisconnectsTransportClose: 1,
		metrics.RecoveriesRecovered: 1,
	})},
	{"answered", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		c := a.connect()
		s := c.socket()
		go func() { _, _ = s.EmitWithAck(context.Background(), "q") }() // ends with the answer
		c.Expect(`420["q"]`)
		c.Send(`430[]`, `430[]`, `4399[]`)
	}, oneClient.plus(counts{metrics.EventsSent: 1, metrics.AcksUnexpected: 2})},
	{"not answered in time", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		s := a.connect().socket()
		_, _ = s.Timeout(time.Second).EmitWithAck(context.Background(), "q")
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, _ = s.EmitWithAck(ctx, "q")
	}, oneClient.plus(counts{metrics.EventsSent: 2, metrics.AckTimeouts: 2})},
	{"given up", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(time.Second, cancel)
		_, _ = a.connect().socket().EmitWithAck(ctx, "q")
	}, oneClient.plus(counts{metrics.EventsSent: 1})},
	{"broadcast not answered in time", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		c := a.connect()
		a.connect()
		a.connect()
		go func() { // ends with the timeout
			_, _ = a.Timeout(time.Second).EmitWithAck(context.Background(), "q")
		}()
		c.Expect(`420["q"]`)
		c.Send(`430[]`)
		time.Sleep(2 * time.Second) // fake time
	}, counts{metrics.Namespaces: 1, metrics.Sockets: 3, metrics.EventsSent: 3, metrics.AckTimeouts: 2}},
}

var connectRows = []metricsRow{
	{"several namespaces", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.Of("/a")
		a.connect("/", "/a")
	}, counts{metrics.Namespaces: 2, metrics.Sockets: 2}},
	{"unknown namespace", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.dial().Send(`40/x`)
	}, noClient.plus(counts{metrics.ConnectErrorNamespace: 1})},
	{"refused by OfFunc", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.OfFunc(func(context.Context, string, *socketio.Handshake) (bool, error) { return false, nil })
		a.dial().Send(`40/x`)
	}, noClient.plus(counts{metrics.ConnectErrorNamespace: 1})},
	{"OfFunc panics", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.OfFunc(func(context.Context, string, *socketio.Handshake) (bool, error) { panic("oops") })
		a.dial().Send(`40/x`)
	}, noClient.plus(counts{metrics.ConnectErrorNamespace: 1, metrics.HandlerPanics: 1})},
	{"left while OfFunc decides", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.OfFunc(func(ctx context.Context, _ string, _ *socketio.Handshake) (bool, error) {
			<-ctx.Done()
			return false, ctx.Err()
		})
		c := a.dial()
		c.Send(`40/x`)
		synctest.Wait()
		c.Close()
	}, noClient},
	{"dynamic namespace", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.OfRegexp(regexp.MustCompile("^/d"))
		a.connect("/d1", "/d2").Send("41/d2")
	}, counts{metrics.Namespaces: 2, metrics.Sockets: 1, metrics.DisconnectsClient: 1}},
	{"refused by a middleware", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.Use(func(*socketio.Socket) error { return errors.New("no") })
		a.dial().Send(`40`)
	}, noClient.plus(counts{metrics.ConnectErrorMiddleware: 1})},
	{"middleware panics", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.Use(func(*socketio.Socket) error { panic("oops") })
		a.dial().Send(`40`)
	}, noClient.plus(counts{metrics.ConnectErrorMiddleware: 1, metrics.HandlerPanics: 1})},
	{"too many namespaces", socketio.ServerOptions{MaxNamespaces: 1}, func(_ *testing.T, a *app) {
		a.Of("/a")
		a.connect().Send(`40/a`)
	}, counts{metrics.Namespaces: 2, metrics.Sockets: 1, metrics.ConnectErrorLimit: 1}},
	{"too much auth", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.dial().Send(`40{"a":"` + strings.Repeat("x", 64<<10) + `"}`)
	}, noClient.plus(counts{metrics.ConnectErrorLimit: 1})},
	{"a client of Socket.IO 2", socketio.ServerOptions{AllowEIO3: true}, func(_ *testing.T, a *app) {
		a.adopt(a.host.WS("EIO=3&transport=websocket")).Text()
	}, oneClient},
}

func fails(reason socketio.DisconnectReason) func(*testing.T, *app) {
	return func(_ *testing.T, a *app) {
		c := a.connect()
		c.socket().Fail(reason)
		c.closed()
	}
}

var disconnectRows = []metricsRow{
	{"41", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.connect().Send("41")
	}, noClient.plus(counts{metrics.DisconnectsClient: 1})},
	{"Disconnect", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		c := a.connect()
		c.socket().Disconnect(true)
		c.Text()
		c.closed()
	}, noClient.plus(counts{metrics.DisconnectsServer: 1})},
	{"connection lost", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.connect().Close()
	}, noClient.plus(counts{metrics.DisconnectsTransportClose: 1})},
	{"bad frame", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.connect().SendRaw([]byte{0xff, 0xff})
	}, noClient.plus(counts{metrics.DisconnectsTransportError: 1})},
	{"no pong", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.connect()
		time.Sleep(46 * time.Second) // fake time
	}, noClient.plus(counts{metrics.DisconnectsPingTimeout: 1})},
	{"bad packet", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.connect().Send("49")
	}, noClient.plus(counts{metrics.DisconnectsParseError: 1})},
	{
		"forced close",
		socketio.ServerOptions{},
		fails(socketio.ForcedClose),
		noClient.plus(counts{metrics.DisconnectsForced: 1}),
	},
	{"another reason", socketio.ServerOptions{}, fails("moonlight"), noClient.plus(counts{metrics.DisconnectsOther: 1})},
	{"shutdown", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.connect()
		_ = a.Close()
	}, noClient.plus(counts{metrics.DisconnectsShutdown: 1})},
	{"slow consumer", socketio.ServerOptions{MaxQueuedBytes: 1000}, func(_ *testing.T, a *app) {
		s := a.connect().socket()
		_ = s.Emit("a", strings.Repeat("x", 200_000)) // more than the network takes
		_ = s.Emit("b", strings.Repeat("x", 600))
		_ = s.Emit("c", strings.Repeat("x", 600))
	}, noClient.plus(counts{metrics.EventsSent: 2, metrics.DisconnectsSlowConsumer: 1})},
	{"large message", socketio.ServerOptions{MaxPayload: 1000}, func(_ *testing.T, a *app) {
		a.connect().Send("4" + strings.Repeat("x", 1000))
	}, noClient.plus(counts{metrics.DisconnectsPayloadTooLarge: 1})},
	{"handlers too slow", socketio.ServerOptions{MaxUnhandledBytes: 500}, func(_ *testing.T, a *app) {
		a.Handle("e", func(ctx context.Context) { <-ctx.Done() })
		a.connect().Send(`42["e"]`, `42["e"]`)
		time.Sleep(46 * time.Second) // fake time
	}, noClient.plus(counts{metrics.EventsReceived: 2, metrics.DisconnectsHandlersTooSlow: 1})},
}

var handlerRows = []metricsRow{
	{"errors", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.Handle("e", func() error { return io.EOF })
		a.Handle("public", func() error { return &socketio.AckError{Message: "no"} })
		a.Handle("late", func(ack func(error)) { ack(io.EOF) })
		socketio.Call[int, int]("typed").Handle(a, func(*socketio.Socket, int) (int, error) { return 0, io.EOF })
		a.connect().Send(`42["e"]`, `421["public"]`, `422["late"]`, `423["typed",1]`)
	}, oneClient.plus(counts{metrics.EventsReceived: 4, metrics.HandlerErrors: 4})},
	{"middleware of a socket", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.OnConnection(func(s *socketio.Socket) {
			s.Use(func(m *socketio.Message) error {
				if m.Event == "bad" {
					panic("oops")
				}
				return io.EOF
			})
		})
		a.connect().Send(`42["e"]`, `42["bad"]`)
	}, oneClient.plus(counts{metrics.EventsReceived: 2, metrics.HandlerErrors: 2, metrics.HandlerPanics: 1})},
	{"panics", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.OnConnection(func(s *socketio.Socket) {
			s.OnDisconnecting(func(socketio.DisconnectReason) { panic("disconnecting") })
			s.OnDisconnect(func(socketio.DisconnectReason) { panic("disconnect") })
			s.OnAny(func(*socketio.Message) { panic("any") })
			panic("connection")
		})
		a.Handle("e", func() { panic("event") })
		a.connect().Send(`42["e"]`, "41")
	}, noClient.plus(counts{metrics.EventsReceived: 1, metrics.HandlerPanics: 5, metrics.DisconnectsClient: 1})},
	{"arguments", socketio.ServerOptions{}, func(_ *testing.T, a *app) {
		a.Handle("e", func(int) {})
		socketio.Event[int]("typed").Handle(a, func(*socketio.Socket, int) {})
		a.connect().Send(`42["e","x"]`, `42["typed","x"]`, `42["e",1]`)
	}, oneClient.plus(counts{metrics.EventsReceived: 3, metrics.ArgumentErrors: 2})},
}

var recoveryRows = []metricsRow{
	{"expired", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}}, func(_ *testing.T, a *app) {
		v, _ := a.visit("")
		v.drop()
		time.Sleep(3 * time.Minute) // fake time
		v.back("")
	}, oneClient.plus(counts{metrics.DisconnectsTransportClose: 1, metrics.RecoveriesExpired: 1})},
	{"trimmed", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{MaxPackets: 1}}, func(_ *testing.T, a *app) {
		v, _ := a.visit("")
		v.drop()
		_ = a.Emit("a")
		_ = a.Emit("b")
		v.back("")
	}, oneClient.plus(counts{metrics.DisconnectsTransportClose: 1, metrics.RecoveriesTrimmed: 1})},
	{
		"too much missed",
		socketio.ServerOptions{MaxQueuedBytes: 1000, Recovery: &socketio.RecoveryOptions{}},
		func(_ *testing.T, a *app) {
			v, _ := a.visit("")
			v.drop()
			_ = a.Emit("a", strings.Repeat("x", 1000))
			v.back("")
		}, oneClient.plus(counts{metrics.DisconnectsTransportClose: 1, metrics.RecoveriesTrimmed: 1}),
	},
	{"unknown", socketio.ServerOptions{Recovery: &socketio.RecoveryOptions{}}, func(_ *testing.T, a *app) {
		v, _ := a.visit(`{"pid":"x"}`)
		v.drop()
		v.back("zzz")
	}, oneClient.plus(counts{metrics.DisconnectsTransportClose: 1, metrics.RecoveriesUnknown: 2})},
}

// TestMetrics: each row moves the series that it names, by as much, and no other of ours; together they move all. When
// the server has ended no gauge says that anything is left.
func TestMetrics(t *testing.T) {
	moved := counts{}
	for _, row := range slices.Concat(eventRows, connectRows, disconnectRows, handlerRows, recoveryRows) {
		var c metrics.Counters
		row.opts.Metrics = &c
		static := int64(0)
		bubble(t, row.name, func(t *testing.T) {
			a := serve(t, &row.opts)
			row.do(t, a)
			synctest.Wait()
			got := countsOf(&c)
			if !maps.Equal(got, row.want) {
				t.Errorf("counted %v, want %v", got, row.want)
			}
			maps.Copy(moved, got)
			for _, name := range a.NamespaceNames() {
				if !strings.HasPrefix(name, "/d") {
					static++
				}
			}
		})
		t.Run(row.name+", over", func(t *testing.T) { expectIdle(t, &c, static) })
	}
	for s := range metrics.All() {
		if ours(s) && moved[s] == 0 {
			t.Errorf("no row moves %v", s)
		}
	}
}

// expectIdle checks the gauges of a server that has ended.
func expectIdle(t *testing.T, c *metrics.Counters, namespaces int64) {
	t.Helper()
	for s := range metrics.All() {
		want := int64(0)
		if s == metrics.Namespaces {
			want = namespaces
		}
		if n := c.Value(s); !s.IsCounter() && n != want {
			t.Errorf("%v is %d in the end, want %d", s, n, want)
		}
	}
}

// What other servers of a cluster emit has handlers, too.
func TestMetricsOfServerSide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var c metrics.Counters
		servers := serveCluster(t, 2, socketio.ServerOptions{Metrics: &c}) // which add up
		servers[1].OnServerSide("panic", func() { panic("oops") })
		servers[1].OnServerSide("arguments", func(int) {})
		servers[1].OnServerSide("error", func() error { return io.EOF })
		for _, event := range []string{"panic", "arguments", "error"} {
			isErr(t, event, servers[0].ServerSideEmit(event, "x"), nil)
		}
		synctest.Wait()
		equal(t, "counted", countsOf(&c), counts{
			metrics.Namespaces: 2, metrics.HandlerPanics: 1, metrics.ArgumentErrors: 1, metrics.HandlerErrors: 1,
		})
	})
}

// TestMetricsStress lets many clients come and go, on each transport and by each kind of end, while events are sent to
// them that some do not read: in the end no gauge says that anything is left, and nobody left without a reason.
func TestMetricsStress(t *testing.T) {
	const clients = 200
	var c metrics.Counters
	synctest.Test(t, func(t *testing.T) {
		a := serve(t, &socketio.ServerOptions{
			Metrics: &c, MaxQueuedBytes: 16 << 10, MaxPayload: 10_000, Recovery: &socketio.RecoveryOptions{},
		})
		a.OfRegexp(regexp.MustCompile("^/d"))
		a.Use(func(s *socketio.Socket) error {
			if rand.IntN(10) == 0 {
				return io.EOF
			}
			s.Join("room")
			return nil
		})
		a.Handle("quit", func(s *socketio.Socket) { s.Disconnect(rand.IntN(2) == 0) })
		a.Handle("panic", func() { panic("oops") })
		var wg sync.WaitGroup
		for i := range clients { // each ends with its client
			wg.Go(func() {
				time.Sleep(time.Duration(rand.IntN(60)) * time.Second) // fake time
				if i%2 == 0 {
					stressWebSocket(a)
				} else {
					stressPolling(a)
				}
			})
		}
		wg.Go(func() { // ends before the last clients do
			for range 600 {
				time.Sleep(100 * time.Millisecond) // fake time
				_ = a.Emit("all", strings.Repeat("x", 3000))
				_ = a.To("room").Volatile().Emit("some", []byte("x"))
			}
		})
		wg.Wait()
		// until the silent have timed out, and nobody can come back to a dynamic namespace
		time.Sleep(10 * time.Minute) // fake time
		synctest.Wait()
		expectIdle(t, &c, 1)
		equal(t, "connections", a.ConnectionCount(), 0)
	})
	sum := func(from, to metrics.Series) (n int64) {
		for s := from; s <= to; s++ {
			n += c.Value(s)
		}
		return n
	}
	equal(t, "sessions closed", sum(metrics.ClosedTransportClose, metrics.ClosedOther), c.Value(metrics.SessionsOpened4))
	if n := sum(metrics.DisconnectsClient, metrics.DisconnectsOther); n < clients/2 {
		t.Errorf("%d sockets have left", n)
	}
}

var stressPackets = []string{
	"40", "40/d1", "40/d2", "40/none", `42["quit"]`, `42["panic"]`, `4299["x"]`, "4399[]", "41", "41/d1", "49", "x", "1",
	"4" + strings.Repeat("x", 20_000),
}

func stressPacket() string { return stressPackets[rand.IntN(len(stressPackets))] }

func stressWebSocket(a *app) {
	ws, _, err := a.host.DialWS("EIO=4&transport=websocket")
	if err != nil || ws == nil {
		a.t.Error(err)
		return
	}
	defer ws.Close()
	reads := rand.IntN(3) > 0
	_, _ = ws.Conn.Write(textFrame("40"))
	for range rand.IntN(20) {
		if reads {
			_ = ws.Conn.SetReadDeadline(time.Now().Add(time.Second))
			if _, data, err := ws.Read(); err == nil && string(data) == "2" {
				_, _ = ws.Conn.Write(textFrame("3"))
			}
		}
		_ = ws.Conn.SetWriteDeadline(time.Now().Add(time.Second))
		_, _ = ws.Conn.Write(textFrame(stressPacket()))
	}
	if rand.IntN(2) == 0 {
		time.Sleep(time.Minute) // fake time
	}
}

func stressPolling(a *app) {
	res, err := a.host.Do(context.Background(), http.MethodGet, "EIO=4&transport=polling", nil)
	if err != nil {
		a.t.Error(err)
		return
	}
	c := wiretest.Polling{Host: a.host, SID: wiretest.SID(res.Body)}
	_, _ = a.host.Do(context.Background(), http.MethodPost, c.Query(), strings.NewReader("40"))
	var ws *wiretest.WS
	for range rand.IntN(20) {
		ctx, cancel := context.WithTimeout(context.Background(), time.Duration(rand.IntN(30))*time.Second)
		switch rand.IntN(8) {
		case 0, 1, 2, 3:
			_, _ = a.host.Do(ctx, http.MethodGet, c.Query(), nil)
		case 4, 5, 6:
			_, _ = a.host.Do(ctx, http.MethodPost, c.Query(), strings.NewReader(stressPacket()))
		default:
			if ws == nil {
				if ws, _, _ = a.host.DialWS("EIO=4&transport=websocket&sid=" + c.SID); ws != nil {
					defer ws.Close()
					_, _ = ws.Conn.Write(slices.Concat(textFrame("2probe"), textFrame("5")))
				}
			}
		}
		cancel()
	}
}
