package engineio_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/memnet"
	"github.com/socketio-go/socketio/internal/wiretest"
)

const (
	openText = `0{"sid":"abcdefghijkl","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}`
	sep      = "\x1e"

	// What errors say.
	badSID   = "open packet without a sid of 1 to 1024 bytes"
	badTimes = "open packet without a pingInterval and pingTimeout of 1 ms to 24 days"
	notJSON  = "open packet that is not the JSON expected"
	tooLarge = "answer to a poll larger than MaxPayload"
)

// A scripted is a server that does what a test says.
type scripted struct {
	poll func(w http.ResponseWriter, r *http.Request, n int) // n counts from 0, the handshake; nil: waits
	post func(w http.ResponseWriter, body string, n int)     // nil: "ok"
	ws   func(w http.ResponseWriter, r *http.Request)        // nil: 400

	mu sync.Mutex
	// Guarded by mu.
	polls int
	posts []string
	ts    map[string]bool
}

func (s *scripted) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	polls, posts := s.polls, len(s.posts)
	if q.Get("transport") == "polling" {
		if s.ts[q.Get("t")] || q.Get("t") == "" || q.Get("EIO") != "4" || (q.Get("sid") == "") != (polls == 0) {
			panic("query: " + r.URL.RawQuery)
		}
		s.ts[q.Get("t")] = true
	}
	switch {
	case q.Get("transport") == "websocket":
	case r.Method == post:
		s.posts = append(s.posts, string(body))
	default:
		s.polls++
	}
	s.mu.Unlock()
	switch {
	case q.Get("transport") == "websocket" && s.ws != nil:
		s.ws(w, r)
	case q.Get("transport") == "websocket":
		w.WriteHeader(http.StatusBadRequest)
	case r.Method == post && s.post != nil:
		s.post(w, string(body), posts)
	case r.Method == post:
		_, _ = io.WriteString(w, "ok")
	case s.poll != nil:
		s.poll(w, r, polls)
	case polls == 0:
		_, _ = io.WriteString(w, openText)
	default:
		<-r.Context().Done()
	}
}

func (s *scripted) posted() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.posts...)
}

// answers makes a poll function that gives answers in turn, and then none.
func answers(list ...string) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		if n < len(list) {
			_, _ = io.WriteString(w, list[n])
			return
		}
		<-r.Context().Done()
	}
}

// runScript runs a test of a client in fake time against a scripted server.
func runScript(t *testing.T, s *scripted, test func(t *testing.T, n *clientNet)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		s.ts = map[string]bool{}
		l := memnet.Listen()
		wiretest.ServeOn(t, path, l, l, &http.Server{Handler: s})
		n := &clientNet{t: t, http: l.Client()}
		t.Cleanup(n.http.CloseIdleConnections)
		test(t, n)
	})
}

// endless writes until the client is gone.
func endless(w http.ResponseWriter, s string) {
	for b := []byte(strings.Repeat(s, 1000)); ; {
		if _, err := w.Write(b); err != nil {
			return
		}
	}
}

func TestClientHandshakeErrors(t *testing.T) {
	open := func(format string, args ...any) func(http.ResponseWriter, *http.Request, int) {
		return answers(fmt.Sprintf(format, args...))
	}
	for name, row := range map[string]struct {
		poll func(http.ResponseWriter, *http.Request, int)
		want string
		code engineio.ErrorCode
		at   int
	}{
		"refused": {func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.WriteHeader(403)
			_, _ = io.WriteString(w, forbidden)
		}, `answered with status 403: "Forbidden"`, engineio.CodeForbidden, 403},
		"refused with a book": {func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.WriteHeader(500)
			endless(w, "book")
		}, `answered with status 500`, engineio.CodeNone, 500},
		"refused at length": {func(w http.ResponseWriter, _ *http.Request, _ int) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, `{"code":99,"message":"`+strings.Repeat("é", 300)+`"}`)
		}, `answered with status 400: "` + strings.Repeat("é", 100) + `"`, 99, 400},
		"no content":      {status(204), "answered with status 204", engineio.CodeNone, 204},
		"not modified":    {status(304), "answered with status 304", engineio.CodeNone, 304},
		"empty":           {open(""), "empty packet", engineio.CodeNone, 0},
		"a page":          {open("<html>"), "unknown packet type", engineio.CodeNone, 0},
		"message first":   {open("4a" + sep + openText), "the first packet is not an open packet", engineio.CodeNone, 0},
		"no JSON":         {open("0{"), notJSON, engineio.CodeNone, 0},
		"no object":       {open("0[]"), notJSON, engineio.CodeNone, 0},
		"sid of a number": {open(`0{"sid":1}`), notJSON, engineio.CodeNone, 0},
		"no sid":          {open(`0{"pingInterval":1,"pingTimeout":1}`), badSID, engineio.CodeNone, 0},
		"long sid": {
			open(`0{"sid":"%s","pingInterval":1,"pingTimeout":1}`, strings.Repeat("x", 1025)),
			badSID, engineio.CodeNone, 0,
		},
		"no interval":       {open(`0{"sid":"a"}`), badTimes, engineio.CodeNone, 0},
		"negative interval": {open(`0{"sid":"a","pingInterval":-1,"pingTimeout":9}`), badTimes, engineio.CodeNone, 0},
		"endless timeout":   {open(`0{"sid":"a","pingInterval":9,"pingTimeout":1e300}`), badTimes, engineio.CodeNone, 0},
		"negative payload": {
			open(`0{"sid":"a","pingInterval":9,"pingTimeout":9,"maxPayload":-1}`),
			"open packet with a negative maxPayload", engineio.CodeNone, 0,
		},
		"long open": {
			open(`0{"sid":"a","pad":"%s"}`, strings.Repeat("x", 17<<10)),
			"open packet of more than 16384 bytes", engineio.CodeNone, 0,
		},
		"endless": {
			func(w http.ResponseWriter, _ *http.Request, _ int) { endless(w, "0") },
			tooLarge, engineio.CodeNone, 0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			runScript(t, &scripted{poll: row.poll}, func(t *testing.T, n *clientNet) {
				u := &user{t: t}
				err := u.dial(t.Context(), n.options(engineio.ClientOptions{MaxPayload: 100_000}))
				var h *engineio.HandshakeError
				if !errors.As(err, &h) {
					t.Fatalf("error %v", err)
				}
				if want := "engineio: handshake by polling failed: " + row.want; err.Error() != want {
					t.Errorf("error %.300q, want %.300q", err, want)
				}
				if h.Status != row.at || h.Code != row.code || h.Transport != "polling" {
					t.Errorf("error %+v", h)
				}
			})
		})
	}
}

func status(code int) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, _ *http.Request, _ int) { w.WriteHeader(code) }
}

// afterOpen makes a poll function that opens the session and does something else at the first poll.
func afterOpen(then func(http.ResponseWriter, *http.Request)) func(http.ResponseWriter, *http.Request, int) {
	return func(w http.ResponseWriter, r *http.Request, n int) {
		switch n {
		case 0:
			_, _ = io.WriteString(w, openText)
		case 1:
			then(w, r)
		default:
			<-r.Context().Done()
		}
	}
}

// TestClientPolls: what a good server never answers to a poll.
func TestClientPolls(t *testing.T) {
	say := func(s string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, s) }
	}
	for name, row := range map[string]struct {
		poll   func(http.ResponseWriter, *http.Request)
		reason engineio.CloseReason // "": it goes on
		cause  string
		got    string
		posts  string
	}{
		"close":         {say("4a" + sep + "1" + sep + "4b"), engineio.TransportClose, "closed by the server", "a", ""},
		"open again":    {say(openText), engineio.TransportError, "second open packet", "", "1"},
		"ping of probe": {say("2probe" + sep + "4a"), "", "", "a", "3"},
		"pong":          {say("3" + sep + "3probe" + sep + "4a"), "", "", "a", ""},
		"upgrade, noop": {say("5" + sep + "6" + sep + "6x" + sep + "4a"), "", "", "a", ""},
		"binary":        {say("bAP8=" + sep + "bAP8" + sep + "b"), "", "", "b:\x00\xff b:\x00\xff b:", ""},
		"bad base64": {
			say("4a" + sep + "b@@@" + sep + "4b"), engineio.ParseError, "bad base64 in a binary packet", "a", "1",
		},
		"unknown type": {say("7"), engineio.ParseError, "unknown packet type", "", "1"},
		"empty":        {say(""), engineio.ParseError, "empty packet", "", "1"},
		"empty packet": {say("4a" + sep), engineio.ParseError, "empty packet", "a", "1"},
		"bad UTF-8":    {say("4\xff"), "", "", "\uFFFD", ""},
		"204": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(204) },
			engineio.TransportError, "answered with status 204", "", "",
		},
		"304": {
			func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(304) },
			engineio.TransportError, "answered with status 304", "", "",
		},
		"400": {func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(400)
			_, _ = io.WriteString(w, unknownSID)
		}, engineio.TransportError, `answered with status 400: "Session ID unknown"`, "", ""},
		"redirect": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, path+"?"+r.URL.RawQuery+"1", http.StatusFound)
		}, "", "", "", ""},
		"endless body": {func(w http.ResponseWriter, _ *http.Request) {
			endless(w, "4")
		}, engineio.PayloadTooLarge, tooLarge, "", "1"},
		"endless packets": {func(w http.ResponseWriter, _ *http.Request) {
			endless(w, "6"+sep)
		}, engineio.PayloadTooLarge, tooLarge, "", "1"},
		"large length": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "9000000000000000000")
			_, _ = io.WriteString(w, "4")
			_ = http.NewResponseController(w).Flush()
			<-r.Context().Done()
		}, engineio.PayloadTooLarge, tooLarge, "", "1"},
		"many packets": {
			say(strings.Repeat("6"+sep, 1_000_000) + "6"), engineio.ParseError, "too many packets in a payload", "", "1",
		},
		"gzip bomb": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write(bomb())
		}, engineio.PayloadTooLarge, tooLarge, "", "1"},
		"aborted": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, "4a")
		}, engineio.TransportError, "unexpected EOF", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{poll: afterOpen(row.poll)}
			runScript(t, s, func(t *testing.T, n *clientNet) {
				u := n.user(engineio.ClientOptions{NoUpgrade: true, MaxPayload: 3_000_000})
				settle()
				if row.reason != "" {
					u.expectClose(row.reason)
					if u.cause == nil || u.cause.Error() != row.cause {
						t.Errorf("cause %v, want %v", u.cause, row.cause)
					}
				} else {
					u.expectOpen()
				}
				if got := strings.Join(u.received(), " "); got != row.got {
					t.Errorf("received %.100q, want %q", got, row.got)
				}
				if got := strings.Join(s.posted(), " "); got != row.posts {
					t.Errorf("posted %.100q, want %q", got, row.posts)
				}
				if row.reason == "" {
					u.Client.Close()
					u.expectClose(engineio.ForcedClose)
				}
			})
		})
	}
}

// bomb is 100 MB of noops, compressed.
var bomb = sync.OnceValue(func() []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	chunk := bytes.Repeat([]byte("6\x1e"), 50_000)
	for range 1000 {
		_, _ = w.Write(chunk)
	}
	_ = w.Close()
	return b.Bytes()
})

// TestClientPosts: the queue is sent in payloads of at most maxPayload bytes, one at a time.
func TestClientPosts(t *testing.T) {
	busy := false
	s := &scripted{post: func(w http.ResponseWriter, _ string, _ int) {
		if busy {
			panic("two POSTs")
		}
		busy = true
		time.Sleep(100 * time.Millisecond) // fake time
		busy = false
		_, _ = io.WriteString(w, "ok")
	}}
	runScript(t, s, func(t *testing.T, n *clientNet) {
		u := n.user(pollingOnly)
		u.send("first")
		synctest.Wait()
		long := strings.Repeat("x", 99)
		u.send("a", long, "b", strings.Repeat("y", 95), "cc")
		if err := u.Send(0, engineio.CopyBinary(make([]byte, 72)), engineio.CopyBinary([]byte{1})); err != nil {
			t.Fatal(err)
		}
		for name, m := range map[string]engineio.Message{
			"text": text(long + "x"), "bytes": engineio.CopyBinary(make([]byte, 75)),
		} {
			if err := u.Send(0, m); !errors.Is(err, engineio.ErrTooLarge) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := u.Send(engineio.Volatile, text("v")); !errors.Is(err, engineio.ErrDropped) {
			t.Errorf("volatile: %v", err)
		}
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
		want := []string{
			"4first", "4a", "4" + long, "4b" + sep + "4" + strings.Repeat("y", 95), "4cc",
		}
		got := s.posted()
		for i, w := range want {
			if got[i] != w {
				t.Errorf("POST %d: %q, want %q", i, got[i], w)
			}
		}
		if last := got[len(got)-1]; !strings.HasSuffix(last, "bAQ=="+sep+"1") {
			t.Errorf("the last was %q", last)
		}
		for _, p := range got {
			if len(p) > 100 {
				t.Errorf("a payload of %d bytes", len(p))
			}
		}
	})
}

func TestClientPostFails(t *testing.T) {
	for name, row := range map[string]struct {
		post  func(w http.ResponseWriter, body string, n int)
		cause string
	}{
		"413": {func(w http.ResponseWriter, _ string, _ int) { w.WriteHeader(413) }, "answered with status 413"},
		"hung": {func(http.ResponseWriter, string, int) {
			time.Sleep(time.Hour) // fake time
		}, "no complete answer within RequestTimeout"},
		"gone": {func(http.ResponseWriter, string, int) { panic(http.ErrAbortHandler) }, "EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			runScript(t, &scripted{post: row.post}, func(t *testing.T, n *clientNet) {
				o := pollingOnly
				o.RequestTimeout = 30 * time.Second
				u := n.user(o)
				time.Sleep(time.Second) // fake time
				u.send("a", "b")
				u.expectClose(engineio.TransportError)
				if u.cause.Error() != row.cause {
					t.Errorf("cause %v", u.cause)
				}
				// until the server is done
				time.Sleep(time.Hour) // fake time
			})
		})
	}
}

// TestClientSilence: a server that says nothing ends the session at the very time.
func TestClientSilence(t *testing.T) {
	for name, o := range carriers {
		t.Run(name, func(t *testing.T) {
			s := &scripted{}
			s.ws = func(w http.ResponseWriter, r *http.Request) { silentWS(t, w, r) }
			runScript(t, s, func(t *testing.T, n *clientNet) {
				start := time.Now()
				u := n.user(o)
				if name == "websocket" {
					time.Sleep(10 * time.Second) // fake time
					u.send("a")
				}
				u.expectClose(engineio.PingTimeout)
				if took := time.Since(start); took != 45*time.Second {
					t.Errorf("after %v", took)
				}
			})
		})
	}
}

// silentWS accepts a WebSocket on which nothing is said but an open packet.
func silentWS(t *testing.T, w http.ResponseWriter, r *http.Request) {
	conn, open := acceptWS(t, w, r)
	defer conn.Close()
	if open {
		_, _ = conn.Write(serverFrame(openText))
	}
	_, _ = io.Copy(io.Discard, conn)
}

// TestClientQueueFull: what is past MaxQueuedBytes is refused, and a single large message is not.
func TestClientQueueFull(t *testing.T) {
	s := &scripted{poll: answers(strings.Replace(openText, "100}", "1000000}", 1))}
	s.post = func(w http.ResponseWriter, _ string, _ int) {
		time.Sleep(time.Minute) // fake time
		_, _ = io.WriteString(w, "ok")
	}
	runScript(t, s, func(t *testing.T, n *clientNet) {
		o := pollingOnly
		o.MaxQueuedBytes = 1000
		u := n.user(o)
		u.send(strings.Repeat("x", 5000))
		if err := u.Send(0, text("a")); !errors.Is(err, engineio.ErrQueueFull) {
			t.Errorf("error %v", err)
		}
		u.Client.Close() // takes longer than it may
		start := time.Now()
		u.expectClose(engineio.ForcedClose)
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("after %v", took)
		}
		// until the server is done
		time.Sleep(time.Hour) // fake time
	})
}

// TestClientManyPings: a server that asks a lot and does not read gets few answers.
func TestClientManyPings(t *testing.T) {
	s := &scripted{
		poll: answers(openText, strings.Repeat("2"+sep, 100_000)+"2"),
		post: func(w http.ResponseWriter, _ string, _ int) {
			time.Sleep(time.Second) // fake time
			_, _ = io.WriteString(w, "ok")
		},
	}
	runScript(t, s, func(t *testing.T, n *clientNet) {
		u := n.user(pollingOnly)
		time.Sleep(10 * time.Second) // fake time
		u.expectOpen()
		if got := strings.Count(strings.Join(s.posted(), sep), "3"); got < 1 || got > 200 {
			t.Errorf("%d pongs", got)
		}
		u.Client.Close()
		u.expectClose(engineio.ForcedClose)
	})
}

// TestClientDialEnds: a context that ends during Dial leaves nothing.
func TestClientDialEnds(t *testing.T) {
	hang := func(r *http.Request) { <-r.Context().Done() }
	for name, o := range map[string]engineio.ClientOptions{
		"polling": pollingOnly, "websocket": webSocketOnly, "both": {TryAllTransports: true},
	} {
		for _, late := range []bool{false, true} {
			t.Run(fmt.Sprint(name, late), func(t *testing.T) {
				s := &scripted{poll: func(_ http.ResponseWriter, r *http.Request, _ int) { hang(r) }}
				s.ws = func(w http.ResponseWriter, r *http.Request) {
					if !late {
						hang(r)
						return
					}
					conn, _ := acceptWS(t, w, r) // and no open packet
					_, _ = io.Copy(io.Discard, conn)
					conn.Close()
				}
				runScript(t, s, func(t *testing.T, n *clientNet) {
					synctest.Wait()
					before := goroutines()
					ctx, cancel := context.WithTimeout(t.Context(), time.Second)
					defer cancel()
					u := &user{t: t}
					if err := u.dial(ctx, n.options(o)); !errors.Is(err, context.DeadlineExceeded) {
						t.Errorf("error %v", err)
					}
					synctest.Wait()
					if n := goroutines(); n > before {
						t.Errorf("%d goroutines, %d before", n, before)
					}
				})
			})
		}
	}
}

// TestClientFrames: what a good server never says on a WebSocket.
func TestClientFrames(t *testing.T) {
	for name, row := range map[string]struct {
		open   string // "": the open packet
		say    string
		reason engineio.CloseReason // "": it goes on
		got    string
		fails  string // Dial
	}{
		"binary, base64":  {say: "\x82\x02\x00\xff" + "\x81\x05bAP8=" + "\x82\x00", got: "b:\x00\xff b:\x00\xff b:"},
		"ping of a probe": {say: "\x81\x062probe\x81\x024a", got: "a"},
		"out of place":    {say: "\x81\x013\x81\x015\x81\x016\x81\x024a", got: "a"},
		"close packet":    {say: "\x81\x024a\x81\x011\x81\x024b", reason: engineio.TransportClose, got: "a"},
		"open again":      {say: string(serverFrame(openText)), reason: engineio.TransportError},
		"bad base64":      {say: "\x81\x02b@", reason: engineio.ParseError},
		"empty":           {say: "\x81\x00", reason: engineio.ParseError},
		"unknown type":    {say: "\x81\x017", reason: engineio.ParseError},
		"bad UTF-8":       {say: "\x81\x024\xff", reason: engineio.TransportError},
		"masked":          {say: "\x81\x82\x00\x00\x00\x004a", reason: engineio.TransportError},
		"too large":       {say: "\x82\x7f\x00\x00\x00\x00\xff\xff\xff\xff", reason: engineio.PayloadTooLarge},
		"close frame":     {say: "\x88\x02\x03\xe8", reason: engineio.TransportClose},
		"compressed":      {say: "\xc1\x02\x00\x00", reason: engineio.TransportError},

		"message first": {open: "\x81\x024a", fails: "the first packet is not an open packet"},
		"binary first":  {open: "\x82\x02{}", fails: "the first packet is not an open packet"},
		"closed first":  {open: "\x88\x00", fails: `websocket: closed by the peer with code 1005, reason ""`},
		"garbage first": {
			open: "\xff\xff", fails: "websocket: protocol error: reserved bit set that no extension defines here",
		},
		"long first": {
			open:  "\x81\x7f\x00\x00\x00\x00\x00\x00\x50\x000" + strings.Repeat("x", 0x4fff),
			fails: "open packet of more than 16384 bytes",
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := &scripted{ws: func(w http.ResponseWriter, r *http.Request) {
				conn, _ := acceptWS(t, w, r)
				defer conn.Close()
				if row.open == "" {
					row.open = string(serverFrame(openText))
				}
				_, _ = io.WriteString(conn, row.open+row.say)
				_, _ = io.Copy(io.Discard, conn)
			}}
			runScript(t, s, func(t *testing.T, n *clientNet) {
				if row.fails != "" {
					err := (&user{t: t}).dial(t.Context(), n.options(webSocketOnly))
					if err == nil || err.Error() != "engineio: handshake by websocket failed: "+row.fails {
						t.Errorf("error %v", err)
					}
					return
				}
				u := n.user(webSocketOnly)
				settle()
				if row.reason != "" {
					u.expectClose(row.reason)
				} else {
					u.expectOpen()
				}
				if got := strings.Join(u.received(), " "); got != row.got {
					t.Errorf("received %q, want %q", got, row.got)
				}
				if row.reason == "" {
					u.Client.Close()
					u.expectClose(engineio.ForcedClose)
				}
			})
		})
	}
}
