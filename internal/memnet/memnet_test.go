package memnet_test

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/socketio-go/socketio/internal/memnet"
)

// pair returns both ends of a connection with the given buffer. It closes the
// listener, which must not matter to them.
func pair(t *testing.T, buffer int) (client, server *memnet.Conn) {
	t.Helper()
	l := memnet.Listen()
	l.Buffer = buffer
	client, err := l.Dial()
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	return client, accepted.(*memnet.Conn)
}

func mustWrite(t *testing.T, c net.Conn, s string) {
	t.Helper()
	if n, err := io.WriteString(c, s); n != len(s) || err != nil {
		t.Fatalf("Write(%q) = %d, %v", s, n, err)
	}
}

func TestEnds(t *testing.T) {
	client, server := pair(t, 0)
	mustWrite(t, client, "ping")
	mustWrite(t, server, "pong")
	buf := make([]byte, 3)
	for _, want := range []string{"pin", "g"} {
		if n, err := server.Read(buf); string(buf[:n]) != want || err != nil {
			t.Fatalf("Read = %q, %v; want %q", buf[:n], err, want)
		}
	}
	if client.LocalAddr() != server.RemoteAddr() || client.RemoteAddr() != server.LocalAddr() {
		t.Error("the ends disagree about their addresses")
	}
	if n, err := server.Read(nil); n != 0 || err != nil {
		t.Errorf("empty Read = %d, %v", n, err)
	}

	if err := server.Close(); err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(client); string(b) != "pong" || err != nil {
		t.Errorf("after the peer's Close: read %q, %v", b, err)
	}
	if err := server.Close(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("second Close = %v", err)
	}
}

// TestErrors has one row per way a connection can be unusable.
func TestErrors(t *testing.T) {
	past := time.Unix(1, 0)
	for _, row := range []struct {
		name        string
		do          func(local, peer *memnet.Conn)
		read, write error
	}{
		{"closed here", func(local, _ *memnet.Conn) { local.Close() }, net.ErrClosed, net.ErrClosed},
		{"closed there", func(_, peer *memnet.Conn) { peer.Close() }, nil, syscall.EPIPE},
		{"aborted here", func(local, _ *memnet.Conn) { local.Abort() }, net.ErrClosed, net.ErrClosed},
		{"aborted there", func(_, peer *memnet.Conn) { peer.Abort() }, syscall.ECONNRESET, syscall.ECONNRESET},
		{"closed, then aborted there", func(_, peer *memnet.Conn) { peer.Close(); peer.Abort() }, syscall.ECONNRESET, syscall.ECONNRESET},
		{"deadlines passed", func(local, _ *memnet.Conn) { local.SetDeadline(past) }, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded},
		{"read deadline passed", func(local, _ *memnet.Conn) { local.SetReadDeadline(past) }, os.ErrDeadlineExceeded, nil},
		{"write deadline passed", func(local, _ *memnet.Conn) { local.SetWriteDeadline(past) }, nil, os.ErrDeadlineExceeded},
		{"deadlines taken back", func(local, _ *memnet.Conn) { local.SetDeadline(past); local.SetDeadline(time.Time{}) }, nil, nil},
	} {
		t.Run(row.name, func(t *testing.T) {
			local, peer := pair(t, 0)
			mustWrite(t, peer, "x")
			row.do(local, peer)
			if _, err := local.Read(make([]byte, 1)); !errors.Is(err, row.read) {
				t.Errorf("Read: %v, want %v", err, row.read)
			}
			if _, err := local.Write([]byte("x")); !errors.Is(err, row.write) {
				t.Errorf("Write: %v, want %v", err, row.write)
			}
		})
	}
}

func TestDeadlineAfterClose(t *testing.T) {
	c, _ := pair(t, 0)
	c.Close()
	if err := c.SetDeadline(time.Now()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetDeadline = %v", err)
	}
	if err := c.SetWriteDeadline(time.Now()); !errors.Is(err, net.ErrClosed) {
		t.Errorf("SetWriteDeadline = %v", err)
	}
}

// TestSleepers starts a Read and a Write that wait, and shows what ends them.
func TestSleepers(t *testing.T) {
	for _, row := range []struct {
		name        string
		do          func(local, peer *memnet.Conn)
		read, write error
	}{
		{"closed here", func(local, _ *memnet.Conn) { local.Close() }, net.ErrClosed, net.ErrClosed},
		{"closed there", func(_, peer *memnet.Conn) { peer.Close() }, io.EOF, syscall.EPIPE},
		{"aborted there", func(_, peer *memnet.Conn) { peer.Abort() }, syscall.ECONNRESET, syscall.ECONNRESET},
		{"deadline set late", func(local, _ *memnet.Conn) { local.SetDeadline(time.Now()) }, os.ErrDeadlineExceeded, os.ErrDeadlineExceeded},
	} {
		t.Run(row.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				local, peer := pair(t, 4)
				var read, write error
				var wg sync.WaitGroup
				wg.Go(func() { _, read = local.Read(make([]byte, 1)) })
				wg.Go(func() {
					var n int
					if n, write = local.Write([]byte("too long")); n != 4 {
						t.Errorf("wrote %d", n)
					}
				})
				synctest.Wait()
				row.do(local, peer)
				wg.Wait()
				if !errors.Is(read, row.read) || !errors.Is(write, row.write) {
					t.Errorf("Read: %v, Write: %v", read, write)
				}
			})
		})
	}
}

func TestDeadlinesInFakeTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, _ := pair(t, 1)
		start := time.Now()
		local.SetReadDeadline(start.Add(time.Minute))
		local.SetWriteDeadline(start.Add(time.Hour))

		_, err := local.Read(make([]byte, 1))
		var timeout net.Error
		if !errors.As(err, &timeout) || !timeout.Timeout() || time.Since(start) != time.Minute {
			t.Errorf("Read: %v after %v", err, time.Since(start))
		}
		n, err := local.Write([]byte("ab"))
		if n != 1 || !errors.Is(err, os.ErrDeadlineExceeded) || time.Since(start) != time.Hour {
			t.Errorf("Write: %d, %v after %v", n, err, time.Since(start))
		}
	})
}

// TestConcurrentWrites has more to write than fits, by many: a Write's bytes stay together.
func TestConcurrentWrites(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, peer := pair(t, 7)
		const writers, size = 8, 100
		var wg sync.WaitGroup
		for i := range writers {
			wg.Go(func() {
				if _, err := local.Write(bytes.Repeat([]byte{'a' + byte(i)}, size)); err != nil {
					t.Error(err)
				}
			})
		}
		synctest.Wait() // all of them wait durably: one for room, the others for their turn
		block := make([]byte, size)
		for range writers {
			if _, err := io.ReadFull(peer, block); err != nil {
				t.Fatal(err)
			}
			if want := bytes.Repeat(block[:1], size); !bytes.Equal(block, want) {
				t.Fatalf("mixed: %q", block)
			}
		}
		wg.Wait()
	})
}

func TestWriterWaitsItsTurnUntilDeadline(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		local, peer := pair(t, 1)
		var wg sync.WaitGroup
		for range 2 {
			wg.Go(func() {
				if _, err := local.Write([]byte("ab")); !errors.Is(err, os.ErrDeadlineExceeded) {
					t.Errorf("Write: %v", err)
				}
			})
		}
		local.SetWriteDeadline(time.Now().Add(time.Second))
		wg.Wait()
		local.Close()
		if b, err := io.ReadAll(peer); string(b) != "a" || err != nil {
			t.Errorf("peer read %q, %v", b, err)
		}
	})
}

func TestListenerClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		waiting := make(chan error)
		go func() { // ends with Close
			_, err := l.Accept()
			waiting <- err
		}()
		synctest.Wait()
		l.Close()
		if err := <-waiting; !errors.Is(err, net.ErrClosed) {
			t.Errorf("waiting Accept: %v", err)
		}
		if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
			t.Errorf("Accept: %v", err)
		}
		if _, err := l.Dial(); !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("Dial: %v", err)
		}
		if c, err := l.DialContext(t.Context(), "tcp", "host:80"); c != nil || !errors.Is(err, syscall.ECONNREFUSED) {
			t.Errorf("DialContext: %v, %v", c, err)
		}
	})
}

func TestListenerCloseResetsBacklog(t *testing.T) {
	l := memnet.Listen()
	c, err := l.Dial()
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("Read: %v", err)
	}
}

func TestDialContextCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if c, err := memnet.Listen().DialContext(ctx, "tcp", "host:80"); c != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("DialContext = %v, %v", c, err)
	}
}

func TestHTTP(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		gone := make(chan time.Duration, 1)
		mux := http.NewServeMux()
		mux.HandleFunc("/echo", func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			w.Write(body)
		})
		mux.HandleFunc("/poll", func(_ http.ResponseWriter, r *http.Request) {
			start := time.Now()
			<-r.Context().Done() // the client gives up
			gone <- time.Since(start)
		})
		srv := &http.Server{Handler: mux, ReadHeaderTimeout: time.Second}
		go srv.Serve(l) // ends with Close
		defer srv.Close()
		client := l.Client()

		body := strings.Repeat("longer than the buffers ", 10_000)
		for range 2 {
			res, err := client.Post("http://any.host/echo", "text/plain", strings.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(res.Body)
			res.Body.Close()
			if string(got) != body || err != nil {
				t.Fatalf("echoed %d of %d bytes, %v", len(got), len(body), err)
			}
		}

		ctx, cancel := context.WithTimeout(t.Context(), 25*time.Second)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://any.host/poll", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := client.Do(req); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("abandoned poll: %v", err)
		}
		if d := <-gone; d != 25*time.Second {
			t.Errorf("the handler noticed after %v", d)
		}
	})
}

// TestHijackAndAnHourOfSilence is what a WebSocket test does: leave net/http and
// wait much longer than a test may take.
func TestHijackAndAnHourOfSilence(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := memnet.Listen()
		srv := &http.Server{
			ReadHeaderTimeout: time.Second,
			Handler: http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				c, rw, err := http.NewResponseController(w).Hijack()
				if err != nil {
					t.Error(err)
					return
				}
				c.SetDeadline(time.Time{})
				rw.WriteString("HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\n")
				rw.Flush()
				go func() { // ends with the client's Close
					defer c.Close()
					io.Copy(c, rw)
				}()
			}),
		}
		go srv.Serve(l) // ends with Close
		defer srv.Close()

		c, err := l.Dial()
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		mustWrite(t, c, "GET / HTTP/1.1\r\nHost: any.host\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly ")
		r := bufio.NewReader(c)
		res, err := http.ReadResponse(r, nil)
		if err != nil || res.StatusCode != http.StatusSwitchingProtocols {
			t.Fatalf("%v, %v", res, err)
		}
		start := time.Now()
		time.Sleep(time.Hour) // fake time
		mustWrite(t, c, "late")
		buf := make([]byte, len("early late"))
		if _, err := io.ReadFull(r, buf); string(buf) != "early late" || err != nil {
			t.Errorf("read %q, %v", buf, err)
		}
		if d := time.Since(start); d != time.Hour {
			t.Errorf("took %v", d)
		}
	})
}
