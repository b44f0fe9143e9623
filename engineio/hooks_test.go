package engineio_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// TestHeaderHooks counts which answers each hook is asked for, and shows that what they add is sent.
func TestHeaderHooks(t *testing.T) {
	var calls []string
	hook := func(name string) func(http.Header, *http.Request) {
		return func(h http.Header, r *http.Request) {
			calls = append(calls, name+" "+r.Method+" "+r.URL.Query().Get("transport"))
			h.Add("X-"+name, r.URL.Query().Get("EIO"))
			h.Set("X-Last", name)
			h.Del("Cache-Control")
		}
	}
	opts := &engineio.Options{InitialHeaders: hook("Initial"), Headers: hook("Each")}
	run(t, opts, func(t *testing.T, a *app) {
		expect := func(what string, h http.Header, initial bool, want ...string) {
			t.Helper()
			if !slices.Equal(calls, want) {
				t.Errorf("%s: called %q, want %q", what, calls, want)
			}
			calls = nil
			if h.Get("X-Each") != "4" || (h.Get("X-Initial") == "4") != initial ||
				h.Get("X-Last") != "Each" || h.Get("Cache-Control") != "" {
				t.Errorf("%s: header %v", what, h)
			}
		}
		res := a.Request(get, "EIO=4&transport=polling", "")
		expect("handshake", res.Header, true, "Initial GET polling", "Each GET polling")
		p := a.peer()
		query := "EIO=4&transport=polling&sid=" + p.ID()
		p.send("a")
		expect("poll", a.Request(get, query, "").Header, false, "Each GET polling")
		expect("POST", a.Request(post, query, "4a").Header, false, "Each POST polling")
		_, wsRes, err := a.DialWS("EIO=4&transport=websocket&sid=" + p.ID())
		if err != nil || wsRes.StatusCode != 101 {
			t.Fatalf("upgrade: %v, %v", wsRes, err)
		}
		expect("upgrade", wsRes.Header, false, "Each GET websocket")
		_, wsRes, err = a.DialWS("EIO=4&transport=websocket")
		if err != nil || wsRes.StatusCode != 101 {
			t.Fatalf("WebSocket: %v, %v", wsRes, err)
		}
		expect("WebSocket", wsRes.Header, true, "Initial GET websocket", "Each GET websocket")

		a.Request(get, "EIO=4&transport=tobi", "") // refused: no answer of a session
		a.Request(http.MethodOptions, "EIO=4&transport=polling", "",
			"Origin", "http://app.example", "Access-Control-Request-Method", "POST")
		if len(calls) > 0 {
			t.Errorf("called %q", calls)
		}
	})
}

// TestHeaderSplitting has a hook that puts line ends into a header. They do not make another header, by any transport.
func TestHeaderSplitting(t *testing.T) {
	for _, row := range []struct{ name, field, value string }{
		{"CR LF", "X-A", "a\r\nX-Evil: 1"},
		{"LF", "X-A", "a\nX-Evil: 1"},
		{"CR", "X-A", "a\rX-Evil: 1"},
		{"end of the header", "X-A", "a\r\n\r\nbody"},
		{"in a name", "X-A: a\r\nX-Evil", "1"},
	} {
		t.Run(row.name, func(t *testing.T) {
			opts := &engineio.Options{Headers: func(h http.Header, _ *http.Request) { h[row.field] = []string{row.value} }}
			run(t, opts, func(t *testing.T, a *app) {
				res := a.Request(get, "EIO=4&transport=polling", "")
				if res.Status != 200 || !strings.HasPrefix(res.Body, "0{") || res.Header.Get("X-Evil") != "" {
					t.Errorf("answered %d %q %v", res.Status, res.Body, res.Header)
				}
				ws, wsRes, err := a.DialWS("EIO=4&transport=websocket")
				if err != nil || ws != nil || wsRes.Header.Get("X-Evil") != "" {
					t.Fatalf("WebSocket: %v, %v", wsRes, err)
				}
				expectWSError(t, wsRes, 500, badRequest)
			})
		})
	}
}

// Two handshakes that get the same id at the same moment: one of them is refused, and the reason is told.
func TestGenerateIDTwice(t *testing.T) {
	var refused []*engineio.ConnectionError
	entered := make(chan struct{}, 2)
	opts := &engineio.Options{
		GenerateID:        func(*http.Request) (string, error) { return "same", nil },
		OnConnectionError: func(e *engineio.ConnectionError) { refused = append(refused, e) },
	}
	run(t, opts, func(t *testing.T, a *app) {
		a.onOpen = func(*peer) { // after the id is made, and before it is registered
			entered <- struct{}{}
			time.Sleep(time.Second) // fake time
		}
		statuses := make(chan int, 2)
		for range 2 {
			go func() { statuses <- a.Request(get, "EIO=4&transport=polling", "").Status }() // ends with the answer
		}
		got := []int{<-statuses, <-statuses}
		slices.Sort(got)
		if !slices.Equal(got, []int{200, 400}) || a.server.Len() != 1 || len(entered) != 2 {
			t.Errorf("answered %v, %d sessions", got, a.server.Len())
		}
		if len(refused) != 1 || refused[0].Context["name"] != "ID_GENERATION_ERROR" {
			t.Errorf("told of %v", refused)
		}
	})
}

func TestGenerateID(t *testing.T) {
	failure := errors.New("no randomness left")
	for _, row := range []struct {
		name, id string
		err      error
		ok       bool
	}{
		{"custom", "custom-id_1.~", nil, true},
		{"one character", "x", nil, true},
		{"longest", strings.Repeat("x", 128), nil, true},
		{"failing", "fine", failure, false},
		{"empty", "", nil, false},
		{"too long", strings.Repeat("x", 129), nil, false},
		{"in use", "used", nil, false},
		{"space", "a b", nil, false},
		{"quote", `a"b`, nil, false},
		{"line end", "a\r\nb", nil, false},
		{"semicolon", "a;b", nil, false},
		{"percent", "a%20b", nil, false},
		{"no ASCII", "é", nil, false},
		{"no UTF-8", "\xff", nil, false},
	} {
		for _, transport := range []string{"polling", "websocket"} {
			t.Run(row.name+" by "+transport, func(t *testing.T) {
				var refused []*engineio.ConnectionError
				opts := &engineio.Options{
					Cookie: &http.Cookie{},
					GenerateID: func(r *http.Request) (string, error) {
						if r.URL.Query().Get("first") != "" {
							return "used", nil
						}
						// it may block
						time.Sleep(time.Second) // fake time
						return row.id, row.err
					},
					OnConnectionError: func(e *engineio.ConnectionError) { refused = append(refused, e) },
				}
				run(t, opts, func(t *testing.T, a *app) {
					a.Request(get, "EIO=4&transport=polling&first=1", "")
					first := a.peer()
					query := "EIO=4&transport=" + transport
					if transport == "polling" {
						res := a.Request(get, query, "")
						if !row.ok {
							expectError(t, res, 400, badRequest)
						} else if !strings.Contains(res.Body, `"sid":"`+row.id+`"`) {
							t.Errorf("answered %d %q", res.Status, res.Body)
						}
					} else {
						ws, res, err := a.DialWS(query)
						switch {
						case err != nil || (ws != nil) != row.ok:
							t.Fatalf("answered %v, %v", res, err)
						case ws == nil:
							expectWSError(t, res, 400, badRequest)
						case !strings.Contains(ws.Text(), `"sid":"`+row.id+`"`):
							t.Error("another id")
						}
					}
					if row.ok {
						if p := a.peer(); p.ID() != row.id || len(refused) > 0 {
							t.Errorf("id %q, errors %v", p.ID(), refused)
						}
						return
					}
					if len(refused) != 1 || refused[0].Context["name"] != "ID_GENERATION_ERROR" ||
						refused[0].Code != engineio.CodeBadRequest || refused[0].Err == nil ||
						row.err != nil && !errors.Is(refused[0], row.err) {
						t.Errorf("errors %v", refused)
					}
					if len(a.peers) > 0 || a.server.Len() != 1 {
						t.Error("a session was made")
					}
					first.expectOpen()
				})
			})
		}
	}
}

// TestSameIDTwice gives two handshakes at the same time the same id: one of them gets it.
func TestSameIDTwice(t *testing.T) {
	opts := &engineio.Options{GenerateID: func(*http.Request) (string, error) { return "same", nil }}
	run(t, opts, func(t *testing.T, a *app) {
		gate := make(chan struct{})
		a.onOpen = func(*peer) { <-gate } // both are past the check
		answers := make(chan int)
		for range 2 {
			go func() { answers <- a.Request(get, "EIO=4&transport=polling", "").Status }() // ends with the answer
		}
		synctest.Wait()
		close(gate)
		if x, y := <-answers, <-answers; min(x, y) != 200 || max(x, y) < 400 {
			t.Errorf("answered %d and %d", x, y)
		}
		if a.server.Len() != 1 {
			t.Errorf("%d sessions", a.server.Len())
		}
		c := a.Request(post, "EIO=4&transport=polling&sid=same", "4a")
		if c.Status != 200 {
			t.Errorf("the session does not work: %d", c.Status)
		}
	})
}

// TestOnConnectionError has a row per reason to refuse a request. SID is a polling session's id, WSSID a WebSocket's.
func TestOnConnectionError(t *testing.T) {
	denied := errors.New("the database says no")
	refusal := &engineio.Refusal{Message: "banned"}
	for _, row := range []struct {
		name, method, query string
		header              []string // "ws": ask for a WebSocket
		code                engineio.ErrorCode
		message             string
		context             map[string]string
		err                 error
	}{
		{"unknown transport", get, "EIO=4&transport=tobi", nil, 0, "Transport unknown", map[string]string{"transport": "tobi"}, nil},
		{"transport __proto__", get, "EIO=4&transport=__proto__", nil, 0, "Transport unknown", map[string]string{"transport": "__proto__"}, nil},
		{"unknown transport, WebSocket", get, "EIO=4&transport=constructor", []string{"ws"}, 0, "Transport unknown", map[string]string{"transport": "constructor"}, nil},
		{"unknown sid", get, "EIO=4&transport=polling&sid=test", nil, 1, "Session ID unknown", map[string]string{"sid": "test"}, nil},
		{"unknown sid, WebSocket", get, "EIO=4&transport=websocket&sid=test", []string{"ws"}, 1, "Session ID unknown", map[string]string{"sid": "test"}, nil},
		{"unknown sid, POST", post, "EIO=4&transport=polling&sid=test", nil, 1, "Session ID unknown", map[string]string{"sid": "test"}, nil},
		{"method", http.MethodOptions, "EIO=4&transport=polling", nil, 2, "Bad handshake method", map[string]string{"method": "OPTIONS"}, nil},
		{"no upgrade", get, "EIO=4&transport=websocket", nil, 3, "Bad request", map[string]string{"name": "TRANSPORT_HANDSHAKE_ERROR", "transport": "websocket"}, nil},
		{"upgrade for polling", get, "EIO=4&transport=polling", []string{"ws"}, 3, "Bad request", map[string]string{"name": "TRANSPORT_HANDSHAKE_ERROR", "transport": "polling"}, nil},
		{"bad key", get, "EIO=4&transport=websocket", []string{"ws", "Sec-WebSocket-Key", "x"}, 3, "Bad request", map[string]string{"name": "TRANSPORT_HANDSHAKE_ERROR"}, nil},
		{"bad origin", get, "EIO=4&transport=polling", []string{"Origin", "a\xc3b"}, 3, "Bad request", map[string]string{"name": "INVALID_ORIGIN", "origin": "a\xc3b"}, nil},
		{"bad origin, WebSocket", get, "EIO=4&transport=websocket", []string{"ws", "Origin", "a\xc3b"}, 3, "Bad request", map[string]string{"name": "INVALID_ORIGIN", "origin": "a\xc3b"}, nil},
		{"transport mismatch", get, "EIO=4&transport=polling&sid=WSSID", nil, 3, "Bad request", map[string]string{"name": "TRANSPORT_MISMATCH", "transport": "polling", "previousTransport": "websocket"}, nil},
		{"protocol mismatch", get, "EIO=3&transport=polling&sid=SID", nil, 3, "Bad request", map[string]string{"name": "PROTOCOL_MISMATCH", "protocol": "3"}, nil},
		{"JSONP", get, "EIO=4&transport=polling&j=0", nil, 3, "Bad request", map[string]string{}, nil},
		{"long query", get, "EIO=4&transport=polling&" + strings.Repeat("x", 8<<10), nil, 3, "Bad request", map[string]string{}, nil},
		{"foreign origin", get, "EIO=4&transport=polling", []string{"Origin", "https://evil.example"}, 4, "Forbidden", map[string]string{"origin": "https://evil.example"}, nil},
		{"not allowed", get, "EIO=4&transport=polling&deny=error", nil, 4, "Forbidden", map[string]string{"message": "the database says no"}, denied},
		{"not allowed, WebSocket", get, "EIO=4&transport=websocket&deny=error", []string{"ws"}, 4, "Forbidden", map[string]string{"message": "the database says no"}, denied},
		{"not allowed, and told so", get, "EIO=4&transport=polling&deny=refusal", nil, 4, "Forbidden", map[string]string{"message": "banned"}, refusal},
		{"protocol", get, "EIO=9&transport=polling", nil, 5, "Unsupported protocol version", map[string]string{"protocol": "9"}, nil},
		{"protocol 3", get, "EIO=3&transport=websocket", []string{"ws"}, 5, "Unsupported protocol version", map[string]string{"protocol": "3"}, nil},
		{"no protocol", get, "transport=polling", nil, 5, "Unsupported protocol version", map[string]string{"protocol": ""}, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			var got *engineio.ConnectionError
			var query string
			opts := &engineio.Options{
				AllowRequest: func(r *http.Request) error {
					switch r.URL.Query().Get("deny") {
					case "error":
						return denied
					case "refusal":
						return fmt.Errorf("wrapped: %w", refusal)
					}
					return nil
				},
				OnConnectionError: func(e *engineio.ConnectionError) {
					if got != nil {
						t.Error("called twice")
					}
					got, query = e, e.Request.URL.RawQuery
				},
			}
			run(t, opts, func(t *testing.T, a *app) {
				c, _ := a.polling()
				_, ws := a.webSocket()
				row.query = strings.NewReplacer("WSSID", ws.ID(), "SID", c.SID).Replace(row.query)
				if len(row.header) > 0 && row.header[0] == "ws" {
					if ws, _, err := a.DialWS(row.query, row.header[1:]...); err != nil || ws != nil {
						t.Fatalf("accepted (%v)", err)
					}
				} else {
					a.Request(row.method, row.query, "", row.header...)
				}
				synctest.Wait()
				if got == nil {
					t.Fatal("not called")
				}
				if got.Code != row.code || got.Message != row.message || !maps.Equal(got.Context, row.context) {
					t.Errorf("got %d %q %v", got.Code, got.Message, got.Context)
				}
				if !errors.Is(got, row.err) && row.err != nil || row.err == nil && got.Err != nil {
					t.Errorf("cause %v", got.Err)
				}
				if query != row.query || got.Error() != "engineio: request refused: "+row.message {
					t.Errorf("request %q, error %q", query, got.Error())
				}
			})
		})
	}
}

// TestErrorsOfSessions are told to the session, not to OnConnectionError.
func TestErrorsOfSessions(t *testing.T) {
	opts := &engineio.Options{OnConnectionError: func(e *engineio.ConnectionError) { t.Errorf("told of %v %v", e, e.Context) }}
	run(t, opts, func(t *testing.T, a *app) {
		c, p := a.polling()
		expectError(t, c.TryPost("abc"), 400, badRequest)
		p.expectClose(engineio.ParseError)

		c, p = a.polling()
		first := poll(c)
		expectError(t, c.Get(), 400, badRequest) // an overlap
		<-first
		p.expectClose(engineio.TransportError)

		c, p = a.polling()
		expectError(t, a.Request(http.MethodPut, c.Query(), ""), 405, badRequest)
		expectError(t, a.Request(post, c.Query(), strings.Repeat("x", 1_000_001)), 413, badRequest)
		if ws, _, err := a.DialWS("EIO=4&transport=websocket&sid="+c.SID, "Sec-WebSocket-Key", "x"); ws != nil || err != nil {
			t.Errorf("upgraded (%v)", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		go a.Do(ctx, get, c.Query(), nil) // ends with ctx
		synctest.Wait()
		cancel()
		p.expectClose(engineio.TransportError)

		a.onOpen = func(p *peer) { p.Cork() } // so that the handshake is not answered for a moment
		ctx, cancel = context.WithTimeout(t.Context(), time.Millisecond/2)
		defer cancel()
		if res, err := a.Do(ctx, get, "EIO=4&transport=polling", nil); err == nil {
			t.Errorf("answered %d", res.Status)
		}
		a.peer().expectClose(engineio.TransportError)
	})
}

// TestPanickingHooks: net/http recovers the panic; the server and other sessions go on.
func TestPanickingHooks(t *testing.T) {
	boom := func(r *http.Request) {
		if r.URL.Query().Get("panic") != "" {
			panic("in a hook")
		}
	}
	for _, row := range []struct {
		name    string
		opts    engineio.Options
		request string // of the session SID, or not
	}{
		{"AllowRequest", engineio.Options{AllowRequest: func(r *http.Request) error { boom(r); return nil }}, ""},
		{"BindSession", engineio.Options{BindSession: func(r *http.Request) string { boom(r); return "" }}, ""},
		{"BindSession of a session", engineio.Options{BindSession: func(r *http.Request) string { boom(r); return "" }}, "&sid=SID"},
		{"GenerateID", engineio.Options{GenerateID: func(r *http.Request) (string, error) { boom(r); return engineio.NewID(), nil }}, ""},
		{"InitialHeaders", engineio.Options{InitialHeaders: func(_ http.Header, r *http.Request) { boom(r) }}, ""},
		{"Headers", engineio.Options{Headers: func(_ http.Header, r *http.Request) { boom(r) }}, ""},
		{"Headers of a session", engineio.Options{Headers: func(_ http.Header, r *http.Request) { boom(r) }}, "&sid=SID"},
		{"OnConnectionError", engineio.Options{OnConnectionError: func(e *engineio.ConnectionError) { boom(e.Request) }}, "&sid=unknown"},
	} {
		for _, transport := range []string{"polling", "websocket"} {
			t.Run(row.name+" by "+transport, func(t *testing.T) {
				run(t, &row.opts, func(t *testing.T, a *app) {
					a.Quiet()
					other, p := a.polling()
					victim, q := a.polling()
					query := "EIO=4&panic=1&transport=" + transport + strings.Replace(row.request, "SID", victim.SID, 1)
					if transport == "polling" {
						q.send("a") // so that the poll is answered
						// Go's client tries a GET again if the connection breaks, and finds that the session has ended.
						if res, err := a.Do(t.Context(), get, query, nil); err == nil && res.Body != unknownSID {
							t.Errorf("answered %d %q", res.Status, res.Body)
						}
					} else if ws, res, err := a.DialWS(query); err == nil {
						t.Errorf("answered %v %v", ws, res)
					}
					for range 3 {
						other.Post("4a")
						got := other.Poll() // maybe behind a ping: the client tries a GET again
						expectPackets(t, got[len(got)-1:], "4a")
					}
					p.expectOpen()
					ws, _ := a.webSocket()
					ws.Send("4b")
					ws.Expect("4b")
				})
			})
		}
	}
}
