package engineio_test

import (
	"bytes"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/memnet"
	"github.com/socketio-go/socketio/internal/wiretest"
)

func TestClientEcho(t *testing.T) {
	eachCarrier(t, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
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
		time.Sleep(time.Second) // fake time
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
		time.Sleep(time.Second) // fake time
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
	eachCarrier(t, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
		u := n.user(o)
		p := a.peer()
		synctest.Wait()
		p.send("last")
		p.Session.Close()
		u.expectClose(engineio.TransportClose)
		u.expect("last")
	})
}

// TestClientCloseFlushes: what was sent before Close arrives.
func TestClientCloseFlushes(t *testing.T) {
	for name, wait := range map[string]time.Duration{"at once": 0, "later": time.Second} {
		t.Run(name, func(t *testing.T) {
			eachCarrier(t, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
				a.onMessage = ignore
				u := n.user(o)
				p := a.peer()
				time.Sleep(wait) // fake time
				list := numbered(strings.Repeat("x", 1000), 3000)
				u.send(list...)
				u.Client.Close()
				u.Client.Close()
				u.Fail(engineio.ParseError, nil)
				u.expectClose(engineio.ForcedClose)
				p.expectClose(engineio.TransportClose)
				p.expect(list...)
			})
		})
	}
}

// TestClientCloseInOpen: Close takes effect once open has returned, and what was sent arrives.
func TestClientCloseInOpen(t *testing.T) {
	eachCarrier(t, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
		u := &user{t: t}
		u.onOpen = func(c *engineio.Client) {
			u.send("a")
			c.Fail(engineio.ParseError, io.EOF)
			c.Close()
		}
		n.dial(u, o)
		p := a.peer()
		u.expectClose(engineio.ParseError)
		p.expectClose(engineio.TransportClose)
		p.expect("a")
	})
}

// TestClientCloseAnywhere closes after more and more steps of the network, during the upgrade, too.
func TestClientCloseAnywhere(t *testing.T) {
	for i := range 40 {
		runClient(t, nil, func(t *testing.T, a *app, n *clientNet) {
			a.onMessage = ignore
			u := n.user(engineio.ClientOptions{})
			for range i * i {
				runtime.Gosched()
			}
			u.send("a", "b")
			if i%2 == 0 {
				u.Client.Close()
				u.expectClose(engineio.ForcedClose)
				a.peer().expectClose(engineio.TransportClose)
				return
			}
			a.peer().Session.Close()
			<-u.gone
			if u.reason == engineio.TransportError && strings.Contains(u.cause.Error(), "Session ID unknown") {
				u.expectClose(engineio.TransportError) // its POST came too late, as it can for the official client
				return
			}
			u.expectClose(engineio.TransportClose)
		})
	}
}

// TestClientOpenPanics: nothing is left.
func TestClientOpenPanics(t *testing.T) {
	eachCarrier(t, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
			a.peer().expectClose(map[bool]engineio.CloseReason{
				true: engineio.TransportClose, false: engineio.PingTimeout,
			}[o.Transports != nil])
		}()
		n.dial(&user{t: t, onOpen: func(*engineio.Client) { panic("open") }}, o)
	})
}

// TestClientUpgradeFails: polling goes on.
func TestClientUpgradeFails(t *testing.T) {
	for name, ws := range map[string]func(t *testing.T, w http.ResponseWriter, r *http.Request){
		"refused": func(_ *testing.T, w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) },
		"hung":    func(_ *testing.T, _ http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"silent":  silentWS,
		"closed": func(t *testing.T, w http.ResponseWriter, r *http.Request) {
			conn, _ := acceptWS(t, w, r)
			conn.Close()
		},
		"another answer": func(t *testing.T, w http.ResponseWriter, r *http.Request) {
			conn, _ := acceptWS(t, w, r)
			_, _ = conn.Write(serverFrame("3"))
			_, _ = io.Copy(io.Discard, conn)
			conn.Close()
		},
		"message before the upgrade": func(t *testing.T, w http.ResponseWriter, r *http.Request) {
			conn, _ := acceptWS(t, w, r)
			_, _ = conn.Write(append(serverFrame("3probe"), serverFrame("4early")...))
			_, _ = io.Copy(io.Discard, conn)
			conn.Close()
		},
		"closed after the answer": func(t *testing.T, w http.ResponseWriter, r *http.Request) {
			conn, _ := acceptWS(t, w, r)
			_, _ = conn.Write(serverFrame("3probe"))
			time.Sleep(time.Second) // fake time
			conn.Close()
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newApp(t, nil)
				l := memnet.Listen()
				a.Host = wiretest.ServeOn(t, path, l, l, &http.Server{Handler: http.HandlerFunc(
					func(w http.ResponseWriter, r *http.Request) {
						if r.URL.Query().Get("transport") == "websocket" {
							ws(t, w, r)
							return
						}
						a.server.ServeHTTP(w, r)
					})})
				n := &clientNet{t: t, http: l.Client()}
				t.Cleanup(n.http.CloseIdleConnections)
				t.Cleanup(a.end)
				u := n.user(engineio.ClientOptions{})
				time.Sleep(2 * time.Second) // fake time
				list := numbered("m", 100)
				for _, s := range list {
					u.send(s)
					time.Sleep(150 * time.Millisecond) // fake time
				}
				time.Sleep(5 * time.Minute) // fake time
				u.expectTransport("polling")
				u.expect(list...)
				u.expectOpen()
				u.Client.Close()
				u.expectClose(engineio.ForcedClose)
				a.peer().expectClose(engineio.TransportClose)
			})
		})
	}
}

// TestClientUpgradeTakenBack: a WebSocket that ends while the client waits for its requests to end is forgotten, and
// polling, which had ended, begins again.
func TestClientUpgradeTakenBack(t *testing.T) {
	s := &scripted{poll: answers(openText, "6", "4a", "6")}
	s.post = func(w http.ResponseWriter, _ string, _ int) {
		time.Sleep(5 * time.Second) // fake time
		_, _ = io.WriteString(w, "ok")
	}
	s.ws = func(w http.ResponseWriter, r *http.Request) {
		conn, _ := acceptWS(t, w, r)
		_, _ = conn.Write(serverFrame("3probe"))
		time.Sleep(time.Second) // fake time
		conn.Close()
	}
	poll := s.poll
	s.poll = func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 {
			time.Sleep(time.Millisecond) // fake time
		}
		poll(w, r, n)
	}
	runScript(t, s, func(t *testing.T, n *clientNet) {
		u := &user{t: t}
		u.onOpen = func(*engineio.Client) { u.send("x") }
		n.dial(u, engineio.ClientOptions{})
		time.Sleep(100 * time.Millisecond) // fake time
		u.send("y")
		u.expect()
		time.Sleep(2 * time.Second) // fake time
		u.expect("a")
		time.Sleep(10 * time.Second) // fake time
		if got := strings.Join(s.posted(), " "); got != "4x 4y" {
			t.Errorf("posted %q", got)
		}
		u.expectTransport("polling")
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
	})
}

// TestClientBlocked: while the handler keeps the client from reading, the server's silence is not judged.
func TestClientBlocked(t *testing.T) {
	eachCarrier(t, func(t *testing.T, a *app, n *clientNet, o engineio.ClientOptions) {
		u := &user{t: t}
		u.onMessage = func(string) {
			time.Sleep(5 * time.Minute) // fake time
		}
		n.dial(u, o)
		p := a.peer()
		synctest.Wait()
		a.onMessage = ignore
		p.send("a")
		time.Sleep(4 * time.Minute) // fake time
		u.expectOpen()
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
	})
}

// TestClientSlowMessage: a part of a message is a sign of life.
func TestClientSlowMessage(t *testing.T) {
	drip := func(w io.Writer, flush func()) {
		for range 20 {
			_, _ = io.WriteString(w, "xxxxx")
			flush()
			time.Sleep(30 * time.Second) // fake time
		}
	}
	s := &scripted{}
	s.poll = func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 0:
			_, _ = io.WriteString(w, openText)
		case 1:
			_, _ = io.WriteString(w, "4")
			drip(w, func() { _ = http.NewResponseController(w).Flush() })
		default:
			<-r.Context().Done()
		}
	}
	s.ws = func(w http.ResponseWriter, r *http.Request) {
		conn, _ := acceptWS(t, w, r)
		defer conn.Close()
		_, _ = conn.Write(append(serverFrame(openText), 0x81, 101, '4'))
		drip(conn, func() {})
		_, _ = io.Copy(io.Discard, conn)
	}
	for name, o := range map[string]engineio.ClientOptions{"polling": pollingOnly, "websocket": webSocketOnly} {
		t.Run(name, func(t *testing.T) {
			s.polls = 0
			runScript(t, s, func(t *testing.T, n *clientNet) {
				u := n.user(o)
				time.Sleep(20*30*time.Second + time.Second) // fake time
				u.expect(strings.Repeat("xxxxx", 20))
				u.expectOpen()
				u.expectClose(engineio.PingTimeout)
			})
		})
	}
}

// TestClientTryAll: the next transport is tried, and the errors of all are told.
func TestClientTryAll(t *testing.T) {
	runClient(t, &engineio.Options{Transports: []string{"websocket"}}, func(t *testing.T, _ *app, n *clientNet) {
		u := &user{t: t}
		err := u.dial(t.Context(), n.options(engineio.ClientOptions{}))
		var h *engineio.HandshakeError
		if !errors.As(err, &h) || h.Code != engineio.CodeUnknownTransport || h.Status != 400 {
			t.Errorf("error %v", err)
		}
		u = n.user(engineio.ClientOptions{TryAllTransports: true})
		u.expectTransport("websocket")
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
	})
	runClient(t, &engineio.Options{AllowRequest: func(*http.Request) error {
		return &engineio.Refusal{Message: "not you"}
	}}, func(t *testing.T, _ *app, n *clientNet) {
		u := &user{t: t}
		err := u.dial(t.Context(), n.options(engineio.ClientOptions{TryAllTransports: true}))
		want := `engineio: handshake by polling failed: answered with status 403: "not you"; ` +
			`engineio: handshake by websocket failed: websocket: dial: the server does not upgrade the connection ` +
			`(status 403): "not you"`
		if err == nil || err.Error() != want {
			t.Errorf("error %v", err)
		}
	})
}

// TestClientMistakes: what only the developer can have done wrong panics with a sentence; a wrong URL is an error
// without it.
func TestClientMistakes(t *testing.T) {
	open := func(*engineio.Client) engineio.Handler { return nil }
	for name, o := range map[string]engineio.ClientOptions{
		`engineio: "webtransport" in Transports is neither "polling" nor "websocket"`: {Transports: []string{"webtransport"}},
		`engineio: Transports is empty: leave it nil for both, or write []string{"websocket"}`: {
			Transports: []string{},
		},
		"engineio: MaxPayload is negative: leave it zero for the default":     {MaxPayload: -1},
		"engineio: UpgradeTimeout is negative: leave it zero for the default": {UpgradeTimeout: -1},
		"engineio: PerMessageDeflateThreshold is set, and nothing is compressed: set PerMessageDeflate, too": {
			PerMessageDeflateThreshold: 1,
		},
	} {
		func() {
			defer func() {
				if got := recover(); got != name {
					t.Errorf("panic %v, want %v", got, name)
				}
			}()
			_, _ = engineio.Dial(t.Context(), address, &o, open)
		}()
	}
	for url, want := range map[string]string{
		"ftp://secret.example/": `engineio: the scheme of the URL is "ftp": write http, https, ws or wss`,
		"secret":                `engineio: the scheme of the URL is "": write http, https, ws or wss`,
		"http:///secret":        "engineio: the URL has no host",
		"http://a/%secret":      `engineio: invalid URL: invalid URL escape "%se"`,
	} {
		if _, err := engineio.Dial(t.Context(), url, nil, open); err == nil || err.Error() != want {
			t.Errorf("%s: error %v", url, err)
		}
	}
}

// TestClientIdle: a client on a WebSocket is one goroutine, and the connections that polled are closed if they are its
// own.
func TestClientIdle(t *testing.T) {
	for name, o := range map[string]engineio.ClientOptions{"websocket": webSocketOnly, "upgraded": {}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				a := newApp(t, nil)
				l := memnet.Listen()
				a.Host = wiretest.ServeOn(t, path, l, l, &http.Server{Handler: a.server})
				t.Cleanup(a.end)
				before := http.DefaultTransport
				http.DefaultTransport = &http.Transport{DialContext: l.DialContext}
				defer func() { http.DefaultTransport = before }()
				synctest.Wait()
				start := goroutines()
				u := &user{t: t}
				if err := u.dial(t.Context(), &o); err != nil {
					t.Fatal(err)
				}
				time.Sleep(time.Second) // fake time
				u.expectTransport("websocket")
				u.send("a")
				u.expect("a")
				settle()
				synctest.Wait()
				// The server's end is one, too. Over a network that is no socket, net/http's two remain for a connection.
				if n := goroutines() - start; n > 2+2 {
					t.Errorf("%d goroutines", n)
				}
				u.Client.Close()
				u.expectClose(engineio.ForcedClose)
				synctest.Wait()
				if n := goroutines() - start; n > 0 {
					t.Errorf("%d goroutines after the end", n)
				}
			})
		})
	}
}

func TestClientTraceAndLog(t *testing.T) {
	for name, o := range carriers {
		t.Run(name, func(t *testing.T) {
			runClient(t, nil, func(t *testing.T, a *app, n *clientNet) {
				a.onMessage = ignore
				var mu sync.Mutex
				var packets []string
				note := func(dir string) func(*engineio.Client, engineio.Packet) {
					return func(c *engineio.Client, p engineio.Packet) {
						mu.Lock()
						defer mu.Unlock()
						data := string(p.Data)
						if p.Type == "open" {
							data = "…"
						}
						packets = append(packets, dir+p.Type+" "+data)
						if c.LogID() == "" {
							panic("which is logged")
						}
					}
				}
				var log bytes.Buffer
				o.Logger = slog.New(slog.NewTextHandler(&log, &slog.HandlerOptions{Level: slog.LevelDebug}))
				o.Trace = engineio.ClientTrace{PacketReceived: note("<"), PacketSent: note(">")}
				u := n.user(o)
				p := a.peer()
				time.Sleep(time.Second) // fake time
				u.send("a")
				settle()
				p.send("b")
				time.Sleep(26 * time.Second) // fake time
				u.Client.Close()
				u.expectClose(engineio.ForcedClose)
				mu.Lock()
				defer mu.Unlock()
				want := map[string]string{
					"polling":   "<open …,>message a,<message b,<ping ,>pong ,>close ",
					"websocket": "<open …,>message a,<message b,<ping ,>pong ",
					"upgraded":  "<open …,>ping probe,<pong probe,>upgrade ,>message a,<message b,<ping ,>pong ",
				}[name]
				got := strings.ReplaceAll(strings.Join(packets, ","), "<noop ,", "") // one or more, about now
				if got != want {
					t.Errorf("packets %q, want %q", got, want)
				}
				if strings.Contains(log.String(), u.ID()) || !strings.Contains(log.String(), "session="+u.LogID()) {
					t.Errorf("log %s", log.String())
				}
			})
		})
	}
}

// TestClientCookies: a client of its own keeps cookies, so that a load balancer finds the server again.
func TestClientCookies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, nil)
		l := memnet.Listen()
		a.Host = wiretest.ServeOn(t, path, l, l, &http.Server{Handler: http.HandlerFunc(
			func(w http.ResponseWriter, r *http.Request) {
				if _, err := r.Cookie("node"); err != nil {
					if r.URL.Query().Get("sid") != "" {
						t.Errorf("no cookie with %s ?%s", r.Method, r.URL.RawQuery)
					}
					http.SetCookie(w, &http.Cookie{Name: "node", Value: "1"})
				}
				if r.Header.Get("X-Mine") != "yes" || r.Host != "other.example" {
					t.Errorf("host %q, header %v", r.Host, r.Header)
				}
				a.server.ServeHTTP(w, r)
			})})
		t.Cleanup(a.end)
		before := http.DefaultTransport
		http.DefaultTransport = &http.Transport{DialContext: l.DialContext}
		defer func() { http.DefaultTransport = before }()
		u := &user{t: t}
		header := http.Header{"X-Mine": {"yes"}, "Host": {"other.example"}}
		if err := u.dial(t.Context(), &engineio.ClientOptions{Header: header}); err != nil {
			t.Fatal(err)
		}
		u.send("a")
		time.Sleep(time.Second) // fake time
		u.expect("a")
		u.expectTransport("websocket")
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
	})
}

// TestClientDeflate: messages are compressed from the threshold on, unless they say otherwise.
func TestClientDeflate(t *testing.T) {
	runClient(t, &engineio.Options{PerMessageDeflate: true}, func(t *testing.T, a *app, n *clientNet) {
		o := webSocketOnly
		o.PerMessageDeflate = true
		u := n.user(o)
		p := a.peer()
		long := strings.Repeat("hello ", 1000)
		for _, row := range []struct {
			flags engineio.Flags
			s     string
			least int64
			most  int64
		}{
			{0, long, 10, 1000},
			{engineio.Uncompressed, long, 6000, 7000},
			{0, long[:1000], 1000, 1100},
		} {
			before := p.Received()
			if err := u.Send(row.flags, text(row.s)); err != nil {
				t.Fatal(err)
			}
			synctest.Wait()
			if n := p.Received() - before; n < row.least || n > row.most {
				t.Errorf("%d bytes took %d", len(row.s), n)
			}
		}
		u.expect(long, long, long[:1000])
	})
}
