//go:build !js

package websocket

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// dialAnswered dials a server in memory whose answer to a request is written
// by hand.
func dialAnswered(ctx context.Context, t *testing.T, opts *DialOptions, timeout time.Duration, answer func(p *rawPeer)) error {
	t.Helper()
	n := listen(t, "memnet")
	done := make(chan struct{})
	t.Cleanup(func() {
		_ = n.listener.Close()
		<-done
	})
	go func() { // ends with the listener
		defer close(done)
		for nc, err := n.listener.Accept(); err == nil; nc, err = n.listener.Accept() {
			p := &rawPeer{Conn: nc, r: bufio.NewReader(nc)}
			if p.req, err = http.ReadRequest(p.r); err == nil {
				answer(p)
			}
			_ = nc.Close()
		}
	}()
	s := &server{network: n, dialPlain: n.dial}
	opts.Client = s.httpClient(t)
	opts.Client.Timeout = timeout
	defer opts.Client.CloseIdleConnections()
	c, err := Dial(ctx, s.url(), opts)
	if err == nil {
		c.CloseNow()
	}
	return err
}

// TestBadAnswers is a table of answers to the handshake.
func TestBadAnswers(t *testing.T) {
	const ok = "HTTP/1.1 101 Switching Protocols\r\n"
	const upgrade, connection, accept = "Upgrade: websocket\r\n", "Connection: Upgrade\r\n", "Sec-WebSocket-Accept: KEY\r\n"
	const extensions, protocol = "Sec-WebSocket-Extensions: ", "Sec-WebSocket-Protocol: "
	plain, protocols, deflate := &DialOptions{}, &DialOptions{Subprotocols: []string{"a", "b"}}, &DialOptions{Deflate: true}
	tests := []struct {
		name   string
		opts   *DialOptions
		answer string // KEY is replaced by the value for the request
		status int    // -1: no error
		text   string // part of the error
	}{
		{"good", plain, ok + upgrade + connection + accept, -1, ""},
		{"good in other words", plain, ok + "upgrade: WebSocket\r\nconnection: x, UPGRADE\r\n" + accept, -1, ""},
		{"subprotocol", protocols, ok + upgrade + connection + accept + protocol + "b\r\n", -1, ""},
		{"compression", deflate, ok + upgrade + connection + accept + extensions + deflateOffer + "\r\n", -1, ""},
		{"no compression", deflate, ok + upgrade + connection + accept, -1, ""},
		{"continue first", plain, "HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok + upgrade + connection + accept, -1, ""},

		{"200", plain, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n", 200, "does not upgrade"},
		{"200 with all else", plain, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n" + upgrade + connection + accept, 200, "does not upgrade"},
		{"redirect without a target", plain, "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n", 302, "does not upgrade"},
		{"no Upgrade", plain, ok + connection + accept, 101, "Upgrade header"},
		{"other Upgrade", plain, ok + "Upgrade: h2c\r\n" + connection + accept, 101, "Upgrade header"},
		{"two in Upgrade", plain, ok + "Upgrade: websocket, h2c\r\n" + connection + accept, 101, "Upgrade header"},
		{"two Upgrades", plain, ok + upgrade + upgrade + connection + accept, 101, "Upgrade header"},
		{"no Connection", plain, ok + upgrade + accept, 101, "Connection header"},
		{"other Connection", plain, ok + upgrade + "Connection: keep-alive\r\n" + accept, 101, "Connection header"},
		{"no Accept", plain, ok + upgrade + connection, 101, "Sec-WebSocket-Accept"},
		{"wrong Accept", plain, ok + upgrade + connection + "Sec-WebSocket-Accept: x\r\n", 101, "Sec-WebSocket-Accept"},
		{"two Accepts", plain, ok + upgrade + connection + accept + accept, 101, "Sec-WebSocket-Accept"},
		{"Accept in small letters", plain, ok + upgrade + connection + "Sec-WebSocket-Accept: LOWER\r\n", 101, "Sec-WebSocket-Accept"},
		{"subprotocol of nobody", plain, ok + upgrade + connection + accept + protocol + "a\r\n", 101, "subprotocol"},
		{"another subprotocol", protocols, ok + upgrade + connection + accept + protocol + "c\r\n", 101, "subprotocol"},
		{"two subprotocols", protocols, ok + upgrade + connection + accept + protocol + "a, b\r\n", 101, "subprotocol"},
		{"no subprotocol", protocols, ok + upgrade + connection + accept, 101, "subprotocol"},
		{"extension of nobody", plain, ok + upgrade + connection + accept + extensions + deflateOffer + "\r\n", 101, "extension"},
		{"empty extension", plain, ok + upgrade + connection + accept + extensions + "\r\n", 101, "extension"},
		{"another extension", deflate, ok + upgrade + connection + accept + extensions + "x\r\n", 101, "extension"},
		{"compression with a context", deflate, ok + upgrade + connection + accept + extensions + "permessage-deflate\r\n", 101, "extension"},
		{"garbage", plain, "\x81\x05hello\r\n", 0, "the request failed"},
		{"garbage in the header", plain, ok + "no colon\r\n", 0, "the request failed"},
		{"nothing", plain, "", 0, "the request failed"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				err := dialAnswered(t.Context(), t, tt.opts, 0, func(p *rawPeer) {
					key := acceptKey(p.req.Header.Get("Sec-WebSocket-Key"))
					if tt.answer != "" {
						_, _ = io.WriteString(p, strings.NewReplacer("KEY", key, "LOWER", strings.ToLower(key)).Replace(tt.answer)+"\r\n")
					}
				})
				failed, ok := errors.AsType[*DialError](err)
				if tt.status < 0 {
					if err != nil {
						t.Error(err)
					}
				} else if !ok || failed.Status != tt.status || !strings.Contains(err.Error(), tt.text) {
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

// TestRequest: what is sent, whatever the options are.
func TestRequest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		opts := &DialOptions{Deflate: true, Subprotocols: []string{"a", "b"}, Header: http.Header{
			"authorization": {"me"}, "Host": {"other.test"}, "Sec-WebSocket-Key": {"mine"}, "Connection": {"close"}, "X": {"1", "2"},
		}}
		var req *http.Request
		_ = dialAnswered(t.Context(), t, opts, 0, func(p *rawPeer) { req = p.req })
		want := http.Header{
			"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Authorization": {"me"}, "X": {"1", "2"},
			"Sec-Websocket-Protocol": {"a, b"}, "Sec-Websocket-Extensions": {deflateOffer},
		}
		for name, values := range want {
			if got := req.Header[name]; fmt.Sprint(got) != fmt.Sprint(values) {
				t.Errorf("%s: %q, want %q", name, got, values)
			}
		}
		if _, err := requestKey(req.Header); err != nil || req.Host != "other.test" || req.RequestURI != "/engine.io/?EIO=4" {
			t.Errorf("%v, %s %s", err, req.Host, req.RequestURI)
		}
		if len(opts.Header) != 5 {
			t.Error("the caller's header was modified")
		}
	})
}

// TestRefusal: the error for a refusal has what the server says, but not all.
func TestRefusal(t *testing.T) {
	for _, size := range []int{10, 1024, 100_000} {
		synctest.Test(t, func(t *testing.T) {
			err := dialAnswered(t.Context(), t, &DialOptions{}, 0, func(p *rawPeer) {
				_, _ = fmt.Fprintf(p, "HTTP/1.1 403 Forbidden\r\nX-Why: no\r\nContent-Length: %d\r\n\r\n%s", size, sized(size))
			})
			failed, ok := errors.AsType[*DialError](err)
			if !ok || failed.Status != 403 || failed.Header.Get("X-Why") != "no" || string(failed.Body) != sized(min(size, 1024)) {
				t.Errorf("got %+v", failed)
			}
		})
	}
}

// TestHandshakeEnds: neither a slow nor an endless answer holds Dial up, and
// nothing is left of either.
func TestHandshakeEnds(t *testing.T) {
	drip := func(head, more string) func(p *rawPeer) {
		return func(p *rawPeer) {
			_, err := io.WriteString(p, head)
			for err == nil {
				time.Sleep(time.Second) // fake time
				_, err = io.WriteString(p, more)
			}
		}
	}
	flood := func(p *rawPeer) {
		_, err := io.WriteString(p, "HTTP/1.1 101 Switching Protocols\r\n")
		for err == nil {
			_, err = io.WriteString(p, strings.Repeat("X: "+sized(1000)+"\r\n", 100))
		}
	}
	hints := func(p *rawPeer) {
		for err := error(nil); err == nil; {
			_, err = io.WriteString(p, strings.Repeat("HTTP/1.1 103 Early Hints\r\nX: "+sized(1000)+"\r\n\r\n", 100))
		}
	}
	tests := []struct {
		name   string
		answer func(p *rawPeer)
		wait   time.Duration
		want   error
	}{
		{"slow headers", drip("HTTP/1.1 101 Switching Protocols\r\n", "X: 1\r\n"), 10 * time.Second, context.DeadlineExceeded},
		{"slow body", drip("HTTP/1.1 400 Bad Request\r\nContent-Length: 10000\r\n\r\n", "x"), 10 * time.Second, context.DeadlineExceeded},
		{"silence", func(p *rawPeer) { _, _ = p.r.ReadByte() }, 10 * time.Second, context.DeadlineExceeded},
		{"endless headers", flood, 0, nil},
		{"endless hints", hints, 0, nil},
		{"redirect loop", func(p *rawPeer) {
			_, _ = io.WriteString(p, "HTTP/1.1 302 Found\r\nLocation: /engine.io/\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
		}, 0, nil},
	}
	for _, tt := range tests {
		for _, by := range []string{"ctx", "Timeout"} {
			t.Run(tt.name+" "+by, func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					ctx, timeout := t.Context(), 10*time.Second
					if by == "ctx" {
						c, cancel := context.WithTimeout(ctx, timeout)
						defer cancel()
						ctx, timeout = c, 0
					}
					begin := time.Now()
					err := dialAnswered(ctx, t, &DialOptions{}, timeout, tt.answer)
					if d := time.Since(begin); d != tt.wait {
						t.Errorf("it took %v, not %v", d, tt.wait)
					}
					if _, ok := errors.AsType[*DialError](err); !ok || tt.want != nil && !errors.Is(err, tt.want) {
						t.Errorf("got %v", err)
					}
				})
			})
		}
	}
}

// TestNothingOfTheHandshakeStays: neither ctx nor Timeout touch a connection.
func TestNothingOfTheHandshakeStays(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, _ := echoServer(t, "memnet", nil)
		for _, own := range []bool{false, true} {
			client := s.httpClient(t)
			if own {
				client.Transport = roundTripper{client.Transport}
			}
			client.Timeout = time.Second
			ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
			c, err := Dial(ctx, s.url(), &DialOptions{Client: client})
			if err != nil {
				t.Fatal(err)
			}
			r := start(c)
			cancel()
			time.Sleep(time.Hour) // fake time
			r.write(t, plainFrame(OpText, "still there?"))
			r.expect(t, "text still there?")
			r.Close(StatusNormalClosure, "")
			<-r.done
		}
	})
}

// roundTripper is one of which Dial knows nothing. Its bodies end with the
// context of the request, as those of HTTP/2 do.
type roundTripper struct{ http.RoundTripper }

func (rt roundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := rt.RoundTripper.RoundTrip(req)
	if err == nil {
		rwc := resp.Body.(io.ReadWriteCloser)
		stop := context.AfterFunc(req.Context(), func() { _ = rwc.Close() })
		resp.Body = &stoppableBody{rwc, stop}
	}
	return resp, err
}

type stoppableBody struct {
	io.ReadWriteCloser
	stop func() bool
}

func (b *stoppableBody) Close() error { b.stop(); return b.ReadWriteCloser.Close() }

// TestBodies: RoundTrippers whose bodies cannot be a connection, or are one.
func TestBodies(t *testing.T) {
	answer := func(body io.ReadCloser) *http.Client {
		return &http.Client{Transport: roundTripFunc(func(req *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 101, Body: body, Header: http.Header{
				"Upgrade": {"websocket"}, "Connection": {"Upgrade"},
				"Sec-Websocket-Accept": {acceptKey(req.Header.Get("Sec-WebSocket-Key"))},
			}}, nil
		})}
	}
	_, err := Dial(t.Context(), "ws://x/", &DialOptions{Client: answer(io.NopCloser(strings.NewReader("")))})
	if failed, ok := errors.AsType[*DialError](err); !ok || failed.Status != 101 {
		t.Errorf("got %v", err)
	}
	here, there := net.Pipe()
	c, err := Dial(t.Context(), "ws://x/", &DialOptions{Client: answer(here)})
	if err != nil {
		t.Fatal(err)
	}
	if c.RemoteAddr().Network() != "unknown" {
		t.Errorf("it has the address %v", c.RemoteAddr())
	}
	r := start(c)
	_, _ = there.Write(plainFrame(OpText, "hello"))
	r.expect(t, "text hello")
	_ = there.Close()
	if err := <-r.closed; !errors.Is(err, io.EOF) {
		t.Errorf("Closed(%v)", err)
	}
	<-r.done
}

type roundTripFunc func(*http.Request) (*http.Response, error)

func (f roundTripFunc) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }

// TestTakeOver: what is used of a connection, and what stays of net/http.
func TestTakeOver(t *testing.T) {
	for _, tt := range []struct {
		kind string
		own  bool
		raw  bool
	}{{"tcp", false, true}, {"unix", false, true}, {"tls", false, false}, {"memnet", false, false}, {"tcp", true, false}} {
		t.Run(fmt.Sprint(tt.kind, tt.own), func(t *testing.T) {
			s, echoes := echoServer(t, tt.kind, nil)
			client := s.httpClient(t)
			if tt.own {
				client.Transport = roundTripper{client.Transport}
			}
			r := s.dialClient(t, &DialOptions{Client: client})
			e := <-echoes
			if want := tt.raw && runtime.GOOS != "windows"; (r.raw != nil) != want {
				t.Errorf("a socket: %v, want %v", r.raw != nil, want)
			}
			r.write(t, plainFrame(OpText, sized(100_000)))
			r.expect(t, describe(OpText, []byte(sized(100_000))))
			stacks := make([]byte, 1<<20)
			stacks = stacks[:runtime.Stack(stacks, true)]
			for deadline := time.Now().Add(10 * time.Second); bytes.Contains(stacks, []byte("http.(*persistConn)")); {
				if time.Now().After(deadline) {
					t.Fatalf("net/http runs:\n%s", stacks)
				}
				runtime.Gosched()
				stacks = stacks[:runtime.Stack(stacks[:cap(stacks)], true)]
			}
			r.CloseNow()
			if err := <-r.closed; !errors.Is(err, net.ErrClosed) {
				t.Errorf("Closed(%v)", err)
			}
			<-r.done
			<-e.closed
			s.running.Wait()
			noGoroutines(t)
		})
	}
}

// TestRedirect: the connection is that of the last request, and cookies and
// headers are an http.Client's affair.
func TestRedirect(t *testing.T) {
	s, _ := echoServer(t, "tcp", nil)
	target := "http://" + s.listener.Addr().String() + "/engine.io/"
	first := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b"})
		http.Redirect(w, r, target, http.StatusTemporaryRedirect)
	}))
	defer first.Close()
	jar, _ := cookiejar.New(nil)
	client := &http.Client{Jar: jar, Transport: new(http.Transport)}
	defer client.CloseIdleConnections()
	c, err := Dial(t.Context(), strings.Replace(first.URL, "http", "ws", 1), &DialOptions{Client: client})
	if err != nil {
		t.Fatal(err)
	}
	defer c.CloseNow()
	if got, want := c.RemoteAddr().String(), s.listener.Addr().String(); got != want {
		t.Errorf("connected to %s, want %s", got, want)
	}
	r := start(c)
	r.write(t, plainFrame(OpText, "hello"))
	r.expect(t, "text hello")
	if u, _ := url.Parse(first.URL); len(jar.Cookies(u)) != 1 {
		t.Error("no cookie")
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	_, err = Dial(t.Context(), first.URL, &DialOptions{Client: client})
	if failed, ok := errors.AsType[*DialError](err); !ok || failed.Status != http.StatusTemporaryRedirect {
		t.Errorf("got %v", err)
	}
}

// TestProxy: ws goes through a proxy as a request, wss through a tunnel.
func TestProxy(t *testing.T) {
	for _, kind := range []string{"tcp", "tls"} {
		t.Run(kind, func(t *testing.T) {
			s, _ := echoServer(t, kind, nil)
			tunnels := make(chan string, 10)
			forward := &httputil.ReverseProxy{Rewrite: func(pr *httputil.ProxyRequest) {}}
			proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				tunnels <- r.Method
				if r.Method == http.MethodConnect {
					tunnel(w, r)
				} else {
					forward.ServeHTTP(w, r)
				}
			}))
			defer proxy.Close()
			proxyURL, _ := url.Parse(proxy.URL)
			client := &http.Client{Transport: &http.Transport{
				Proxy: http.ProxyURL(proxyURL), TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
			}}
			u := map[string]string{"tcp": "ws://", "tls": "wss://"}[kind] + s.listener.Addr().String() + "/"
			c, err := Dial(t.Context(), u, &DialOptions{Client: client})
			if err != nil {
				t.Fatal(err)
			}
			defer c.CloseNow()
			if got, want := <-tunnels, map[string]string{"tcp": http.MethodGet, "tls": http.MethodConnect}[kind]; got != want {
				t.Errorf("the proxy got a %s, want %s", got, want)
			}
			r := start(c)
			for _, n := range []int{1, 100_000} {
				r.write(t, plainFrame(OpText, sized(n)))
				r.expect(t, describe(OpText, []byte(sized(n))))
			}
			r.Close(StatusNormalClosure, "")
			<-r.done
		})
	}
}

// tunnel answers a CONNECT.
func tunnel(w http.ResponseWriter, r *http.Request) {
	there, err := net.Dial("tcp", r.Host)
	if err != nil {
		http.Error(w, "unreachable", http.StatusBadGateway)
		return
	}
	here, _, _ := http.NewResponseController(w).Hijack()
	_, _ = io.WriteString(here, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { // ends with the connection
		_, _ = io.Copy(there, here)
		_ = there.Close()
	}()
	_, _ = io.Copy(here, there)
	_ = here.Close()
}

// TestBadOptions are found before there is a connection.
func TestBadOptions(t *testing.T) {
	tests := []struct {
		name string
		url  string
		opts DialOptions
	}{
		{"scheme", "ftp://x/", DialOptions{}},
		{"no scheme", "//x/", DialOptions{}},
		{"no host", "ws:///x", DialOptions{}},
		{"URL", "ws://x/%zz", DialOptions{}},
		{"port", "ws://x:y/", DialOptions{}},
		{"subprotocol", "ws://x/", DialOptions{Subprotocols: []string{"a b"}}},
		{"empty subprotocol", "ws://x/", DialOptions{Subprotocols: []string{""}}},
		{"subprotocol twice", "ws://x/", DialOptions{Subprotocols: []string{"a", "a"}}},
		{"header", "ws://x/", DialOptions{Header: http.Header{"X": {"a\r\nB: c"}}}},
		{"header name", "ws://x/", DialOptions{Header: http.Header{"a b": {"c"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.opts.Client = &http.Client{Transport: &http.Transport{
				DialContext: func(context.Context, string, string) (net.Conn, error) {
					t.Error("it dials")
					return nil, syscall.ECONNREFUSED
				},
			}}
			_, err := Dial(t.Context(), tt.url, &tt.opts)
			if failed, ok := errors.AsType[*DialError](err); !ok || failed.Status != 0 {
				t.Errorf("got %v", err)
			}
		})
	}
}
