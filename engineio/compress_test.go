package engineio_test

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// decompress undoes the Content-Encoding of an answer, with the standard library.
func decompress(tb testing.TB, coding, body string) string {
	tb.Helper()
	var r io.Reader = strings.NewReader(body)
	var err error
	switch coding {
	case "gzip":
		r, err = gzip.NewReader(r)
	case "deflate":
		r, err = zlib.NewReader(r)
	case "":
	default:
		tb.Fatalf("Content-Encoding %q", coding)
	}
	if err != nil {
		tb.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err != nil {
		tb.Fatal(err)
	}
	return string(b)
}

// pollAccepting polls with an Accept-Encoding header ("-": none), and returns the coding and the payload.
func pollAccepting(a *app, query, accept string) (coding, payload string) {
	a.t.Helper()
	header := []string{"Accept-Encoding", accept}
	if accept == "-" {
		header[0], header[1] = "Range", "bytes=0-" // or net/http's client would ask for gzip, and undo it
	}
	res := a.Request(get, query, "", header...)
	if n := res.Header.Get("Content-Length"); res.Status != 200 || n != fmt.Sprint(len(res.Body)) {
		a.t.Fatalf("polled %d, Content-Length %s, %d bytes", res.Status, n, len(res.Body))
	}
	coding = res.Header.Get("Content-Encoding")
	return coding, decompress(a.t, coding, res.Body)
}

func TestAcceptEncoding(t *testing.T) {
	big := strings.Repeat("compressible ", 1000)
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		for _, row := range []struct{ name, accept, want string }{
			{"none", "-", ""},
			{"gzip", "gzip", "gzip"},
			{"deflate", "deflate", "deflate"},
			{"both", "gzip, deflate", "gzip"},
			{"both, other order", "deflate, gzip", "gzip"},
			{"browser", "gzip, deflate, br, zstd", "gzip"},
			{"unknown ones", "br, zstd", ""},
			{"capitals", "GZIP", "gzip"},
			{"prefers deflate", "gzip;q=0.5, deflate;q=0.8", "deflate"},
			{"prefers gzip", "gzip;q=0.9, deflate;q=0.8", "gzip"},
			{"equal", "deflate;q=0.8, gzip;q=0.8", "gzip"},
			{"spaces", " deflate ; q = 0.5 ,, ", "deflate"},
			{"refuses gzip", "gzip;q=0, deflate", "deflate"},
			{"refuses both", "gzip;q=0, deflate;q=0.000", ""},
			{"anything", "*", "gzip"},
			{"anything else", "gzip;q=0, *", "deflate"},
			{"nothing else", "deflate;q=0.5, *;q=0", "deflate"},
			{"nothing", "*;q=0", ""},
			{"anything, but less", "deflate;q=0.5, *;q=0.4", "deflate"},
			{"anything, and more", "deflate;q=0.5, *;q=0.6", "gzip"},
			{"identity", "identity", ""},
			{"identity and gzip", "identity;q=0.5, gzip;q=0.4", "gzip"}, // as the official server
			{"no identity", "identity;q=0, deflate", "deflate"},
			{"weight that is no number", "gzip;q=x, deflate;q=0.1", "deflate"},
			{"weight that is odd", "gzip;q=nan, deflate;q=0.1", "deflate"},
			{"negative weight", "gzip;q=-1", ""},
			{"part of a name", "gzipx, xdeflate", ""},
		} {
			p.send(big)
			coding, payload := pollAccepting(a, c.Query(), row.accept)
			if coding != row.want || payload != "4"+big {
				t.Errorf("%s: coded with %q, want %q (payload %.20q)", row.name, coding, row.want, payload)
			}
		}
		p.send(big)
		res := a.Request(get, c.Query(), "", "Accept-Encoding", "br", "Accept-Encoding", "deflate") // two lines
		if got := res.Header.Get("Content-Encoding"); got != "deflate" {
			t.Errorf("two lines: %q", got)
		}
	})
}

// TestCompressionThreshold has messages around it, and says what is compressed by which option.
func TestCompressionThreshold(t *testing.T) {
	const size = 1024
	for _, row := range []struct {
		name   string
		option int
		size   int // of the payload
		flags  engineio.Flags
		coding string
	}{
		{"at the default", 0, size, 0, "gzip"},
		{"below the default", 0, size - 1, 0, ""},
		{"at the option", 100, 100, 0, "gzip"},
		{"below the option", 100, 99, 0, ""},
		{"one byte", 1, 2, 0, "gzip"},
		{"off", -1, 100_000, 0, ""},
		{"not this message", 0, 100_000, engineio.Uncompressed, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, &engineio.Options{HTTPCompressionThreshold: row.option}, func(t *testing.T, a *app) {
				c, p := a.polling()
				message := strings.Repeat("x", row.size-1)
				_ = p.Send(row.flags, text(message))
				coding, payload := pollAccepting(a, c.Query(), "gzip")
				if coding != row.coding || payload != "4"+message {
					t.Errorf("coded with %q, %d bytes", coding, len(payload))
				}
			})
		})
	}
	t.Run("one of several", func(t *testing.T) { // as the official server: one that may be is enough
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			message := strings.Repeat("x", 2000)
			_ = p.Send(engineio.Uncompressed, text(message))
			p.send("a")
			if coding, payload := pollAccepting(a, c.Query(), "gzip"); coding != "gzip" || payload != "4"+message+"\x1e4a" {
				t.Errorf("coded with %q", coding)
			}
		})
	})
	t.Run("handshake", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			a.onOpen = func(p *peer) { p.send(strings.Repeat("x", 2000)) }
			if coding, payload := pollAccepting(a, "EIO=4&transport=polling", "gzip"); coding != "gzip" || !strings.HasPrefix(payload, "0{") {
				t.Errorf("coded with %q: %.20q", coding, payload)
			}
		})
	})
}

// TestCompressionHeaders: caches are told that the answer depends on what the client takes, and what a hook or a
// middleware has coded is not coded again.
func TestCompressionHeaders(t *testing.T) {
	vary := func(h http.Header) bool { return slices.Contains(h.Values("Vary"), "Accept-Encoding") }
	t.Run("Vary", func(t *testing.T) {
		run(t, nil, func(t *testing.T, a *app) {
			c, p := a.polling()
			for _, accept := range []string{"gzip", "identity"} {
				p.send(strings.Repeat("x", 2000))
				h := a.Request(get, c.Query(), "", "Accept-Encoding", accept).Header
				if !vary(h) || !slices.Contains(h.Values("Vary"), "Origin") {
					t.Errorf("%s: %v", accept, h)
				}
			}
			h := a.Request(post, c.Query(), "4a", "Accept-Encoding", "gzip").Header
			if h.Get("Content-Encoding") != "" {
				t.Errorf("POST: %v", h)
			}
		})
	})
	t.Run("off", func(t *testing.T) {
		run(t, &engineio.Options{HTTPCompressionThreshold: -1}, func(t *testing.T, a *app) {
			c, p := a.polling()
			p.send(strings.Repeat("x", 2000))
			if h := a.Request(get, c.Query(), "", "Accept-Encoding", "gzip").Header; vary(h) {
				t.Errorf("%v", h)
			}
		})
	})
	t.Run("coded already", func(t *testing.T) {
		opts := &engineio.Options{Headers: func(h http.Header, _ *http.Request) { h.Set("Content-Encoding", "identity") }}
		run(t, opts, func(t *testing.T, a *app) {
			c, p := a.polling()
			message := strings.Repeat("x", 2000)
			p.send(message)
			res := a.Request(get, c.Query(), "", "Accept-Encoding", "gzip")
			if res.Body != "4"+message || !slices.Equal(res.Header.Values("Content-Encoding"), []string{"identity"}) {
				t.Errorf("%.20q %v", res.Body, res.Header)
			}
		})
	})
}

// TestCompression3 compresses the other forms of a payload.
func TestCompression3(t *testing.T) {
	run(t, &jsonpOptions, func(t *testing.T, a *app) {
		c, p := a.polling3("")
		long := strings.Repeat("€", 1000)
		data := bytes.Repeat([]byte{0, 0xff}, 1000)
		for _, coding := range []string{"gzip", "deflate"} {
			_ = p.Send(0, text(long), engineio.CopyBinary(data))
			want := "\x00\x03\x00\x00\x01\xff4" + long + "\x01\x02\x00\x00\x01\xff\x04" + string(data)
			res := a.Request(get, c.query, "", "Accept-Encoding", coding)
			got := decompress(t, res.Header.Get("Content-Encoding"), res.Body)
			if got != want || res.Header.Get("Content-Type") != octets {
				t.Errorf("binary: %.40q, %v", got, res.Header)
			}
			p.send(long)
			res = a.Request(get, c.query+"&j=3", "", "Accept-Encoding", coding)
			if got := decompress(t, res.Header.Get("Content-Encoding"), res.Body); got != `___eio[3]("1001:4`+long+`");` {
				t.Errorf("JSONP: %.40q", got)
			}
			if res.Header.Get("X-Content-Type-Options") != "nosniff" || res.Header.Get("Content-Encoding") != coding {
				t.Errorf("JSONP: %v", res.Header)
			}
		}
	})
}

// TestSharedCompressors polls with many sessions at once, each with a secret of its own: none gets any of another's,
// not even in what is left behind the end of its answer.
func TestSharedCompressors(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		var wg sync.WaitGroup
		for i := range 16 {
			c, p := a.polling()
			coding := []string{"gzip", "deflate"}[i%2]
			wg.Go(func() { // ends with its loop
				for n := range 10 {
					secret := strings.Repeat(fmt.Sprintf("secret-%d-%d.", i, n), 100+n*i)
					p.send(secret)
					got, payload := pollAccepting(a, c.Query(), coding)
					if got != coding || payload != "4"+secret {
						t.Errorf("session %d: coded with %q: %.60q", i, got, payload)
					}
				}
			})
		}
		wg.Wait()
	})
}

// TestCompressionOfUnreadPoll loses the client between the poll and its answer: the compressor is as good as new.
func TestCompressionOfUnreadPoll(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		secret := strings.Repeat("secret", 1000)
		for range 10 {
			c, p := a.polling()
			p.send(secret)
			conn := a.Dial()
			io.WriteString(conn, "GET "+path+"?"+c.Query()+" HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n")
			conn.Close()
			<-p.done // whether the request was read, and the answer written, or not
		}
		c, p := a.polling()
		p.send(strings.Repeat("public", 1000))
		if _, payload := pollAccepting(a, c.Query(), "gzip"); payload != "4"+strings.Repeat("public", 1000) {
			t.Errorf("polled %.60q", payload)
		}
	})
}

func BenchmarkPoll(b *testing.B) {
	for _, accept := range []string{"identity", "gzip", "deflate"} {
		for _, size := range []int{2 << 10, 100 << 10} {
			b.Run(fmt.Sprintf("%s, %d bytes", accept, size), func(b *testing.B) {
				var session *engineio.Session
				srv := engineio.NewServer(nil, func(s *engineio.Session) engineio.Handler {
					session = s
					return &peer{app: &app{onMessage: ignore}, done: make(chan struct{})}
				})
				defer srv.Close()
				w := httptest.NewRecorder()
				srv.ServeHTTP(w, httptest.NewRequest(get, path+"?EIO=4&transport=polling", http.NoBody))
				r := httptest.NewRequest(get, path+"?EIO=4&transport=polling&sid="+wiretest.SID(w.Body.String()), http.NoBody)
				r.Header.Set("Accept-Encoding", accept)
				message := text(strings.Repeat(`["event",{"some":"JSON"}]`, size/25))
				b.SetBytes(int64(size))
				b.ReportAllocs()
				for b.Loop() {
					_ = session.Send(0, message)
					srv.ServeHTTP(discarder{http.Header{}}, r)
				}
			})
		}
	}
}

// A discarder is an http.ResponseWriter that costs little.
type discarder struct{ header http.Header }

func (d discarder) Header() http.Header       { return d.header }
func (discarder) Write(b []byte) (int, error) { return len(b), nil }
func (discarder) WriteHeader(int)             {}
