package engineio_test

import (
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
	"github.com/socketio-go/socketio/metrics"
)

// counts are the series that are not zero.
type counts map[metrics.Series]int64

func countsOf(c *metrics.Counters) counts {
	m := counts{}
	for s := range metrics.All() {
		if v := c.Value(s); v != 0 {
			m[s] = v
		}
	}
	return m
}

// plus merges what belongs to every session of a kind with what else a row expects.
func (c counts) plus(more counts) counts {
	c = maps.Clone(c)
	for s, n := range more {
		if c[s] += n; c[s] == 0 {
			delete(c, s)
		}
	}
	return c
}

var (
	onePolling   = counts{metrics.SessionsOpened4: 1, metrics.SessionsPolling: 1}
	oneWebSocket = counts{metrics.SessionsOpened4: 1, metrics.SessionsWebSocket: 1}
	oneUpgraded  = oneWebSocket.plus(counts{metrics.UpgradesCompleted: 1})
	onceOpen     = counts{metrics.SessionsOpened4: 1}
)

// exact makes a message whose buffer has no spare room, so that what waits can be told: its text and 51 bytes.
func exact(s string) engineio.Message {
	buf := make([]byte, engineio.Headroom+len(s))
	copy(buf[engineio.Headroom:], s)
	return engineio.TextMessage(buf)
}

const perMessage = 51

// A metricsRow is something that happens, and what has been counted when it has. Once the server has ended, all gauges
// have to be zero.
type metricsRow struct {
	name string
	opts engineio.Options
	do   func(*testing.T, *app)
	want counts
}

func post1(c *wiretest.Polling, packet string) { c.TryPost(packet) }

// probe begins an upgrade.
func probe(c *wiretest.Polling) *wiretest.WS {
	ws := c.Upgrade()
	ws.Send("2probe")
	ws.Expect("3probe")
	return ws
}

var sessionRows = []metricsRow{
	{"polling", engineio.Options{}, func(_ *testing.T, a *app) { a.polling() }, onePolling},
	{"WebSocket", engineio.Options{}, func(_ *testing.T, a *app) { a.webSocket() }, oneWebSocket},
	{"protocol 3", engineio.Options{AllowEIO3: true}, func(_ *testing.T, a *app) {
		a.Request(get, "EIO=3&transport=polling", "")
		a.WS("EIO=3&transport=websocket").Text()
	}, counts{metrics.SessionsOpened3: 2, metrics.SessionsPolling: 1, metrics.SessionsWebSocket: 1}},
	{"upgraded", engineio.Options{}, func(_ *testing.T, a *app) { a.upgraded() }, oneUpgraded},
	{"upgrade with a wrong packet", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		c.Upgrade().Send("4x")
	}, onePolling.plus(counts{metrics.UpgradesFailed: 1})},
	{"upgrade that hangs", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		probe(c)
		time.Sleep(11 * time.Second) // fake time
	}, onePolling.plus(counts{metrics.UpgradesFailed: 1})},
	{"upgrade cut off", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		probe(c).Close()
	}, onePolling.plus(counts{metrics.UpgradesFailed: 1})},
	{"upgrade beside another", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		ws := probe(c)
		c.Upgrade()
		synctest.Wait()
		ws.Send("5")
	}, oneUpgraded.plus(counts{metrics.UpgradesFailed: 1})},
	{"closed during an upgrade", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		probe(c)
		a.server.Close()
	}, onceOpen.plus(counts{metrics.UpgradesFailed: 1, metrics.ClosedShutdown: 1})},
	{"onSession panics", engineio.Options{}, func(_ *testing.T, a *app) {
		a.Quiet()
		a.onOpen = func(p *peer) {
			_ = p.Send(0, exact("lost"))
			panic("oops")
		}
		_, _ = a.Do(context.Background(), get, "EIO=4&transport=polling", nil)
	}, counts{metrics.MessagesSent: 1, metrics.SentBytes: 4}},
	{"closed by onSession", engineio.Options{}, func(_ *testing.T, a *app) {
		a.onOpen = func(p *peer) { p.Session.Close() }
		a.polling()
	}, onceOpen.plus(counts{metrics.ClosedForced: 1, metrics.SessionsPolling: 1})}, // until its client knows
}

var closeRows = []metricsRow{
	{"close packet", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		c.Post("1")
		time.Sleep(2 * time.Second) // fake time
	}, onceOpen.plus(counts{metrics.ClosedTransportClose: 1})},
	{"close frame", engineio.Options{}, func(_ *testing.T, a *app) {
		ws, _ := a.webSocket()
		ws.SendRaw(wiretest.Frame(8, nil))
	}, onceOpen.plus(counts{metrics.ClosedTransportClose: 1})},
	{"connection lost", engineio.Options{}, func(_ *testing.T, a *app) {
		ws, _ := a.webSocket()
		ws.Close()
	}, onceOpen.plus(counts{metrics.ClosedTransportClose: 1})},
	{"overlapping polls", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		poll(c)
		c.Get()
	}, onceOpen.plus(counts{metrics.ClosedTransportError: 1, metrics.RefusedBadRequest: 1})},
	{"poll given up", engineio.Options{}, func(_ *testing.T, a *app) { // which is not refused
		c, _ := a.polling()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		_, _ = a.Do(ctx, get, c.Query(), nil)
	}, onceOpen.plus(counts{metrics.ClosedTransportError: 1})},
	{"no pong", engineio.Options{}, func(_ *testing.T, a *app) {
		a.webSocket()
		time.Sleep(46 * time.Second) // fake time
	}, onceOpen.plus(counts{metrics.ClosedPingTimeout: 1})},
	{"bad packet", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		post1(c, "x")
	}, onceOpen.plus(counts{metrics.ClosedParseError: 1, metrics.RefusedBadRequest: 1})},
	{"Close", engineio.Options{}, func(_ *testing.T, a *app) {
		ws, p := a.webSocket()
		p.Session.Close()
		ws.ExpectClose()
	}, onceOpen.plus(counts{metrics.ClosedForced: 1})},
	{"the server's Close", engineio.Options{}, func(_ *testing.T, a *app) {
		a.webSocket()
		a.polling()
		a.server.Close()
	}, counts{metrics.SessionsOpened4: 2, metrics.ClosedShutdown: 2}},
	{"large message", engineio.Options{MaxPayload: 100}, func(_ *testing.T, a *app) {
		ws, _ := a.webSocket()
		ws.Send("4" + strings.Repeat("x", 100))
	}, onceOpen.plus(counts{metrics.ClosedPayloadTooLarge: 1})},
	{"large body", engineio.Options{MaxPayload: 100}, func(_ *testing.T, a *app) { // the session goes on
		c, _ := a.polling()
		post1(c, "4"+strings.Repeat("x", 100))
	}, onePolling.plus(counts{metrics.RefusedBadRequest: 1})},
	{"reasons of the package above", engineio.Options{}, func(_ *testing.T, a *app) {
		for _, reason := range []engineio.CloseReason{"handlers too slow", "moonlight"} {
			ws, p := a.webSocket()
			p.Fail(reason, io.EOF)
			ws.ExpectClose()
		}
	}, counts{metrics.SessionsOpened4: 2, metrics.ClosedHandlersTooSlow: 1, metrics.ClosedOther: 1}},
}

var refusalRows = []metricsRow{
	{"transport", engineio.Options{}, request("EIO=4&transport=x"), counts{metrics.RefusedUnknownTransport: 1}},
	{"sid", engineio.Options{}, request("EIO=4&transport=polling&sid=x"), counts{metrics.RefusedUnknownSession: 1}},
	{"method", engineio.Options{}, func(_ *testing.T, a *app) {
		a.Request(post, "EIO=4&transport=polling", "")
	}, counts{metrics.RefusedHandshakeMethod: 1}},
	{
		"query",
		engineio.Options{},
		request("EIO=4&transport=polling&" + strings.Repeat("x", 9000)),
		counts{metrics.RefusedBadRequest: 1},
	},
	{
		"origin",
		engineio.Options{},
		request("EIO=4&transport=polling", "Origin", "https://evil.example"),
		counts{metrics.RefusedForbidden: 1},
	},
	{
		"AllowRequest",
		engineio.Options{AllowRequest: func(*http.Request) error { return io.EOF }},
		request("EIO=4&transport=polling"),
		counts{metrics.RefusedForbidden: 1},
	},
	{"protocol", engineio.Options{}, request("EIO=3&transport=polling"), counts{metrics.RefusedProtocolVersion: 1}},
	{
		"GenerateID",
		engineio.Options{GenerateID: func(*http.Request) (string, error) { return "", io.EOF }},
		request("EIO=4&transport=polling"),
		counts{metrics.RefusedBadRequest: 1},
	},
	{"shutdown", engineio.Options{}, func(t *testing.T, a *app) {
		a.server.Close()
		request("EIO=4&transport=polling")(t, a)
	}, counts{metrics.RefusedShutdown: 1}},
}

func request(query string, header ...string) func(*testing.T, *app) {
	return func(_ *testing.T, a *app) { a.Request(get, query, "", header...) }
}

// full is a MaxQueuedBytes that four messages of 49 bytes fit into, each of which counts for 100.
const full = 400

var hundred = strings.Repeat("x", 100-perMessage)

// pile sends n messages that count for 100 bytes each.
func pile(p *peer, n int) {
	for range n {
		_ = p.Send(engineio.Droppable, exact(hundred))
	}
}

func sent(n int) counts {
	return counts{metrics.MessagesSent: int64(n), metrics.SentBytes: int64(n * len(hundred))}
}

// large is more than the network takes; it counts for what it has in the frame with its longer header.
var large = strings.Repeat("x", 200_000)

const largeWaits = 200_000 + engineio.Headroom + 48

var largeSent = counts{metrics.MessagesSent: 1, metrics.SentBytes: 200_000}

var messageRows = []metricsRow{
	{"both ways", engineio.Options{}, func(_ *testing.T, a *app) {
		ws, _ := a.webSocket()
		ws.Send("4hello", "4you")
		ws.SendBinary([]byte{1, 2})
		ws.Expect("4hello", "4you")
		ws.Binary()
	}, oneWebSocket.plus(counts{
		metrics.MessagesReceived: 3, metrics.ReceivedBytes: 10, metrics.MessagesSent: 3, metrics.SentBytes: 10,
	})},
	{"both ways by polling", engineio.Options{}, func(_ *testing.T, a *app) {
		c, _ := a.polling()
		c.Post("4hello", "bAQI=")
		c.Poll()
	}, onePolling.plus(counts{
		metrics.MessagesReceived: 2, metrics.ReceivedBytes: 7, metrics.MessagesSent: 2, metrics.SentBytes: 7,
	})},
	{"heartbeats are no messages", engineio.Options{}, func(_ *testing.T, a *app) {
		ws, _ := a.webSocket()
		time.Sleep(26 * time.Second) // fake time
		ws.Expect("2")
		ws.Send("3")
	}, oneWebSocket},
	{"waiting for a poll", engineio.Options{}, func(_ *testing.T, a *app) {
		_, p := a.polling()
		pile(p, 3)
	}, onePolling.plus(sent(3)).plus(counts{metrics.QueuedBytes: 300})},
	{"polled", engineio.Options{}, func(_ *testing.T, a *app) {
		c, p := a.polling()
		pile(p, 3)
		c.Poll()
	}, onePolling.plus(sent(3))},
	{"waiting for a WebSocket", engineio.Options{}, func(_ *testing.T, a *app) {
		_, p := a.webSocket()
		_ = p.Send(0, exact(large))
		pile(p, 3)
	}, oneWebSocket.plus(largeSent).plus(sent(3)).plus(counts{metrics.QueuedBytes: largeWaits + 300})},
	{"read from a WebSocket", engineio.Options{}, func(_ *testing.T, a *app) {
		ws, p := a.webSocket()
		_ = p.Send(0, exact(large))
		pile(p, 3)
		for range 4 {
			ws.Text()
		}
	}, oneWebSocket.plus(largeSent).plus(sent(3))},
	{"held", engineio.Options{}, func(_ *testing.T, a *app) {
		_, p := a.webSocket()
		_ = p.Send(engineio.Hold, exact(hundred))
	}, oneWebSocket.plus(sent(1)).plus(counts{metrics.QueuedBytes: 100})},
	{"flushed", engineio.Options{}, func(_ *testing.T, a *app) {
		_, p := a.webSocket()
		_ = p.Send(engineio.Hold, exact(hundred))
		p.Flush()
	}, oneWebSocket.plus(sent(1))},
	{"corked, and then not", engineio.Options{}, func(_ *testing.T, a *app) {
		_, p := a.webSocket()
		p.Cork()
		pile(p, 1)
		time.Sleep(time.Second) // fake time
		p.Uncork()
	}, oneWebSocket.plus(sent(1))},
	{"upgraded while they wait", engineio.Options{}, func(_ *testing.T, a *app) {
		c, p := a.polling()
		ws := probe(c)
		pile(p, 3)
		ws.Send("5")
	}, oneUpgraded.plus(sent(3))},
	{"a hook panics", engineio.Options{Headers: func(h http.Header, r *http.Request) {
		if r.URL.Query().Get("sid") != "" {
			panic("oops")
		}
	}}, func(_ *testing.T, a *app) {
		a.Quiet()
		c, p := a.polling()
		pile(p, 3)
		_, _ = a.Do(context.Background(), get, c.Query(), nil) // tries again
	}, onceOpen.plus(sent(3)).plus(counts{metrics.ClosedTransportError: 1, metrics.RefusedUnknownSession: 1})},
	{"volatile", engineio.Options{}, func(_ *testing.T, a *app) {
		_, p := a.polling()
		_ = p.Send(engineio.Volatile, exact("a"), exact("b"))
	}, onePolling.plus(counts{metrics.DroppedVolatile: 2})},
	{"slow consumer", engineio.Options{MaxQueuedBytes: full}, func(_ *testing.T, a *app) {
		_, p := a.polling()
		pile(p, 5)
	}, onceOpen.plus(sent(4)).plus(counts{metrics.ClosedSlowConsumer: 1})},
	{"slow WebSocket", engineio.Options{MaxQueuedBytes: full}, func(_ *testing.T, a *app) {
		_, p := a.webSocket()
		_ = p.Send(0, exact(large))
		pile(p, 5)
	}, onceOpen.plus(largeSent).plus(sent(4)).plus(counts{metrics.ClosedSlowConsumer: 1})},
	{
		"newest dropped",
		engineio.Options{MaxQueuedBytes: full, SlowConsumer: engineio.DropNewest},
		func(_ *testing.T, a *app) {
			_, p := a.polling()
			pile(p, 6)
		}, onePolling.plus(sent(4)).plus(counts{metrics.DroppedSlowConsumer: 2, metrics.QueuedBytes: 400}),
	},
	{
		"oldest dropped",
		engineio.Options{MaxQueuedBytes: full, SlowConsumer: engineio.DropOldest},
		func(_ *testing.T, a *app) {
			_, p := a.polling()
			pile(p, 6) // the fifth drops the first, and the sixth the second
		}, onePolling.plus(sent(6)).plus(counts{metrics.DroppedSlowConsumer: 2, metrics.QueuedBytes: 400}),
	},
	{"closed", engineio.Options{}, func(_ *testing.T, a *app) {
		_, p := a.polling()
		p.Session.Close()
		pile(p, 1)
		time.Sleep(31 * time.Second) // fake time
	}, onceOpen.plus(counts{metrics.ClosedForced: 1})},
}

// TestMetrics: each row moves the series that it names, by as much, and no others; together they move all of which the
// engine tells; and when all is over the gauges are zero.
func TestMetrics(t *testing.T) {
	moved := counts{}
	for _, row := range slices.Concat(sessionRows, closeRows, refusalRows, messageRows) {
		t.Run(row.name, func(t *testing.T) {
			var c metrics.Counters
			row.opts.Metrics = &c
			run(t, &row.opts, func(t *testing.T, a *app) {
				row.do(t, a)
				synctest.Wait()
				got := countsOf(&c)
				if !maps.Equal(got, row.want) {
					t.Errorf("counted %v, want %v", got, row.want)
				}
				maps.Copy(moved, got)
			})
			expectIdle(t, &c)
		})
	}
	for s := range metrics.All() {
		if s <= metrics.DroppedSlowConsumer && s != metrics.Sockets && s != metrics.Namespaces && moved[s] == 0 {
			t.Errorf("no row moves %v", s)
		}
	}
}

// expectIdle checks that no gauge says that anything is left, and that what was opened was closed.
func expectIdle(t *testing.T, c *metrics.Counters) {
	t.Helper()
	closed := int64(0)
	for s := range metrics.All() {
		if n := c.Value(s); n != 0 && !s.IsCounter() {
			t.Errorf("%v is %d in the end", s, n)
		}
		if s >= metrics.ClosedTransportClose && s <= metrics.ClosedOther {
			closed += c.Value(s)
		}
	}
	if opened := c.Value(metrics.SessionsOpened3) + c.Value(metrics.SessionsOpened4); opened != closed {
		t.Errorf("%d sessions opened, %d closed", opened, closed)
	}
}

// TestMetricsOfEnds ends a session in every way while something waits for its client, on each transport.
func TestMetricsOfEnds(t *testing.T) {
	ends := map[string]func(*app, *peer, *wiretest.Polling, *wiretest.WS){
		"Close":        func(_ *app, p *peer, _ *wiretest.Polling, _ *wiretest.WS) { p.Session.Close() },
		"Fail":         func(_ *app, p *peer, _ *wiretest.Polling, _ *wiretest.WS) { p.Fail(engineio.ParseError, io.EOF) },
		"server Close": func(a *app, _ *peer, _ *wiretest.Polling, _ *wiretest.WS) { a.server.Close() },
		"Shutdown": func(a *app, _ *peer, _ *wiretest.Polling, _ *wiretest.WS) {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			_ = a.server.Shutdown(ctx)
		},
		"silence": func(*app, *peer, *wiretest.Polling, *wiretest.WS) {
			time.Sleep(50 * time.Second) // fake time
		},
		"slow consumer": func(_ *app, p *peer, _ *wiretest.Polling, _ *wiretest.WS) { pile(p, 20_000) },
		"the client": func(_ *app, _ *peer, c *wiretest.Polling, ws *wiretest.WS) {
			if ws == nil {
				c.Post("1")
				return
			}
			ws.Close()
		},
		"bad packet": func(_ *app, _ *peer, c *wiretest.Polling, ws *wiretest.WS) {
			if ws == nil {
				post1(c, "x")
				return
			}
			ws.Send("x")
		},
	}
	open := map[string]func(*app) (*wiretest.Polling, *wiretest.WS, *peer){
		"polling":   func(a *app) (*wiretest.Polling, *wiretest.WS, *peer) { c, p := a.polling(); return c, nil, p },
		"WebSocket": func(a *app) (*wiretest.Polling, *wiretest.WS, *peer) { ws, p := a.webSocket(); return nil, ws, p },
		"upgraded":  func(a *app) (*wiretest.Polling, *wiretest.WS, *peer) { return a.upgraded() },
		"upgrading": func(a *app) (*wiretest.Polling, *wiretest.WS, *peer) {
			c, p := a.polling()
			probe(c)
			return c, nil, p
		},
	}
	for how, open := range open {
		for name, end := range ends {
			t.Run(fmt.Sprint(how, " ", name), func(t *testing.T) {
				var c metrics.Counters
				run(t, &engineio.Options{Metrics: &c}, func(t *testing.T, a *app) {
					polling, ws, p := open(a)
					_ = p.Send(0, exact(large))
					pile(p, 3)
					if c.Value(metrics.QueuedBytes) == 0 {
						t.Error("nothing waits")
					}
					end(a, p, polling, ws)
					// as long as a session may take to tell its client
					time.Sleep(40 * time.Second) // fake time
					synctest.Wait()
					if n := c.Value(metrics.QueuedBytes); n != 0 {
						t.Errorf("%d bytes wait in the end", n)
					}
				})
				expectIdle(t, &c)
			})
		}
	}
}
