package engineio_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/internal/wiretest"
)

// A slowBody is a POST body that arrives as the test says, chunked.
type slowBody struct {
	r    *io.PipeReader
	w    *io.PipeWriter
	once sync.Once
}

func newSlowBody() *slowBody {
	r, w := io.Pipe()
	return &slowBody{r: r, w: w}
}

// write reports whether the server still reads.
func (b *slowBody) write(s string) bool {
	_, err := io.WriteString(b.w, s)
	return err == nil
}

func (b *slowBody) end() { b.once.Do(func() { b.w.Close() }) }

// postBody starts a POST. If it breaks off without an answer, that has status 0. The body is over then.
func postBody(a *app, query string, body *slowBody) <-chan wiretest.Answer {
	answer := make(chan wiretest.Answer, 1)
	go func() { // ends with the request
		res, _ := a.Do(a.t.Context(), post, query, body.r)
		body.r.CloseWithError(io.ErrClosedPipe)
		body.end()
		answer <- res
	}()
	synctest.Wait()
	return answer
}

// TestChunkedPost has a body of unknown length in several pieces.
func TestChunkedPost(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		a.onMessage = ignore
		c, p := a.polling()
		big := strings.Repeat("x", 600_000)
		body := newSlowBody()
		answer := postBody(a, c.Query(), body)
		for _, s := range []string{"4\xe3", "\x81", "\xa6", "\x1e", "4", big} {
			body.write(s)
			synctest.Wait()
		}
		if n := p.Received(); n != int64(len("4て\x1e4")+len(big)) {
			t.Errorf("Received() = %d before the end", n)
		}
		body.end()
		if res := <-answer; res.Status != 200 || res.Body != "ok" {
			t.Errorf("answered %d %q", res.Status, res.Body)
		}
		p.expect("\u3066", big)
	})
}

// TestMaxPayload sends bodies of the limit and a byte more, with and without their length. The session survives.
func TestMaxPayload(t *testing.T) {
	for _, row := range []struct {
		name    string
		size    int
		chunked bool
		status  int
	}{
		{"the limit", 1_000_000, false, 200},
		{"the limit, chunked", 1_000_000, true, 200},
		{"a byte more", 1_000_001, false, 413},
		{"a byte more, chunked", 1_000_001, true, 413},
		{"much more", 1_200_000, false, 413},
		{"much more, chunked", 1_200_000, true, 413},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				a.onMessage = ignore
				c, p := a.polling()
				data := append([]byte("4"), bytes.Repeat([]byte{'x'}, row.size-1)...)
				var body io.Reader = bytes.NewReader(data)
				if row.chunked {
					body = io.MultiReader(body) // hides the length
				}
				res, err := a.Do(t.Context(), post, c.Query(), body)
				if err != nil {
					t.Fatal(err)
				}
				if row.status == 200 {
					if res.Status != 200 || len(p.received()) != 1 || len(p.received()[0]) != row.size-1 {
						t.Errorf("answered %d, %d messages", res.Status, len(p.received()))
					}
				} else {
					expectError(t, res, 413, badRequest)
					p.expect()
				}
				p.expectOpen()
				p.send("next")
				expectPackets(t, c.Poll(), "4next")
				c.Post("4again")
			})
		})
	}
}

// TestEndlessPost goes on after the limit: the connection ends soon.
func TestEndlessPost(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		body := newSlowBody()
		answer := postBody(a, c.Query(), body)
		sent := 0
		for chunk := strings.Repeat("x", 10_000); body.write(chunk); sent += len(chunk) {
			if sent > 2_000_000 {
				t.Fatal("the server goes on reading")
			}
		}
		if res := <-answer; res.Status != 413 && res.Status != 0 {
			t.Errorf("answered %d", res.Status)
		}
		p.expectOpen()
	})
}

// TestSlowBodies sends one chunk a second, and says when the server loses patience: 20 s and one more per 4 KiB.
func TestSlowBodies(t *testing.T) {
	for _, row := range []struct {
		name  string
		chunk int
		total int
		cut   time.Duration // 0: never
	}{
		{"a byte a second", 1, 1000, 20 * time.Second},
		{"nothing", 0, 1, 20 * time.Second},
		{"100 bytes a second", 100, 100_000, 20 * time.Second},
		{"20 kB a second for 45 s", 20_000, 900_000, 0},
		{"5 kB a second for 3 min", 5000, 900_000, 0},
	} {
		t.Run(row.name, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				a.onMessage = ignore
				c, p := a.polling()
				body := newSlowBody()
				defer body.end()
				start := time.Now()
				answer := postBody(a, c.Query(), body)
				body.write("4")
				go func() { // ends with the body
					for sent := 0; sent < row.total && body.write(strings.Repeat("x", row.chunk)); sent += row.chunk {
						time.Sleep(time.Second) // fake time
					}
					body.end()
				}()
				res, d := <-answer, time.Since(start)
				if row.cut == 0 {
					if res.Status != 200 {
						t.Fatalf("answered %d after %v", res.Status, d)
					}
					p.expectOpen() // no pong meanwhile, but we were reading
					return
				}
				if res.Status == 200 || d < row.cut || d > row.cut+2*time.Second {
					t.Errorf("answered %d after %v", res.Status, d)
				}
				p.expect()
				p.expectClose(engineio.TransportError)
			})
		})
	}
}

// TestUnwantedBody refuses a request whose body does not arrive: it is not waited for longer than for any other.
func TestUnwantedBody(t *testing.T) {
	for _, query := range []string{"EIO=4&transport=polling", "EIO=4&transport=polling&sid=nope", "EIO=4&transport=tobi"} {
		t.Run(query, func(t *testing.T) {
			run(t, nil, func(t *testing.T, a *app) {
				conn := a.Dial()
				defer conn.Close()
				start := time.Now()
				io.WriteString(conn, "POST /engine.io/?"+query+" HTTP/1.1\r\nHost: app.example\r\nContent-Length: 100\r\n\r\n4")
				answer, _ := io.ReadAll(conn)
				if d := time.Since(start); !strings.HasPrefix(string(answer), "HTTP/1.1 400") || d < 20*time.Second || d > 21*time.Second {
					t.Errorf("answered %q after %v", answer, d)
				}
			})
		})
	}
}

// TestCloseDuringPost closes a session whose client is sending a body: that is not waited for.
func TestCloseDuringPost(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		waiting := poll(c)
		body := newSlowBody()
		answer := postBody(a, c.Query(), body)
		body.write("4hel")
		synctest.Wait()
		start := time.Now()
		p.Session.Close()
		if res := <-answer; res.Status != 400 {
			t.Errorf("the POST got %d", res.Status)
		}
		if res := <-waiting; res.Body != "1" {
			t.Errorf("the poll got %q", res.Body)
		}
		if d := time.Since(start); d != 0 {
			t.Errorf("it took %v", d)
		}
		p.expect()
		p.expectClose(engineio.ForcedClose)
		if c := a.Polling(); c.SID == "" { // the client's connections are still of use
			t.Error("no session")
		}
	})
}

// TestBrokenPost loses the connection within a body.
func TestBrokenPost(t *testing.T) {
	run(t, nil, func(t *testing.T, a *app) {
		c, p := a.polling()
		conn := a.Dial()
		io.WriteString(conn, "POST /engine.io/?"+c.Query()+" HTTP/1.1\r\nHost: app.example\r\nContent-Length: 100\r\n\r\n4hel")
		synctest.Wait()
		conn.Close()
		p.expectClose(engineio.TransportError)
		p.expect()
	})
}

// TestMiddleware serves behind one that replaces the body and the writer, as those that log or limit do.
func TestMiddleware(t *testing.T) {
	synctestServe(t, func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			r.Body = http.MaxBytesReader(w, r.Body, 10)
			next.ServeHTTP(plainWriter{w}, r)
		})
	}, func(t *testing.T, a *app) {
		c, p := a.polling()
		c.Post("4short")
		expectPackets(t, c.Poll(), "4short")
		if res := c.TryPost("4too long a body"); res.Status != 400 {
			t.Errorf("answered %d", res.Status)
		}
		p.expect("short")
		p.expectClose(engineio.TransportError)
	})
}

// A plainWriter is an http.ResponseWriter and nothing else: it knows no deadlines and cannot flush.
type plainWriter struct{ http.ResponseWriter }

// synctestServe is run behind a middleware.
func synctestServe(t *testing.T, middleware func(http.Handler) http.Handler, test func(*testing.T, *app)) {
	synctest.Test(t, func(t *testing.T) {
		a := newApp(t, nil)
		a.Host = wiretest.Serve(t, path, middleware(a.server))
		t.Cleanup(a.end)
		test(t, a)
	})
}
