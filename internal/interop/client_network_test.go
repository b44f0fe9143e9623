package interop

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
)

// TestGoClientSilence is for a server that takes TCP connections and never says a word.
func TestGoClientSilence(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		must(err)
		t.Cleanup(func() { l.Close() })
		conns := make(chan net.Conn, 100)
		go func() { // ends with the listener
			defer close(conns)
			for {
				conn, err := l.Accept()
				if err != nil {
					return
				}
				conns <- conn
			}
		}()
		c := newGoClient(t, "http://"+l.Addr().String(), m, &socketio.ClientOptions{
			ConnectTimeout: 100 * time.Millisecond, ReconnectionAttempts: 2,
		})
		if err := c.tryConnect(); err == nil || !strings.Contains(err.Error(), "ConnectTimeout") {
			t.Errorf("Connect: %v", err)
		}
		const e = "connect_error: socketio: no connection within ConnectTimeout"
		c.expect(e, e, e, "reconnect_failed")
		if c.Active() {
			t.Error("it has given up, and is active")
		}
		err = c.Connect(contextOf(t, 20*time.Millisecond))
		if !errors.Is(err, context.DeadlineExceeded) || c.Active() {
			t.Errorf("a Connect that ends: %v, active: %v", err, c.Active())
		}
		_ = l.Close()
		for conn := range conns { // all of them were closed
			_ = conn.SetReadDeadline(time.Now().Add(patience))
			if _, err := io.Copy(io.Discard, conn); errors.Is(err, context.DeadlineExceeded) {
				t.Error("a connection is left open")
			}
			_ = conn.Close()
		}
	})
}

// TestGoClientURLs has clients dial what their URL says.
func TestGoClientURLs(t *testing.T) {
	errDialed := errors.New("dialed")
	for _, row := range []struct{ url, addr, namespace string }{
		{"http://woot.com", "woot.com:80", "/"},
		{"http://woot.com:80/", "woot.com:80", "/"},
		{"https://woot.com", "woot.com:443", "/"},
		{"ws://woot.com", "woot.com:80", "/"},
		{"wss://woot.com:3000", "woot.com:3000", "/"},
		{"http://woot.com/woot", "woot.com:80", "/woot"},
		{"https://woot.com/a/b?c=d#e", "woot.com:443", "/a/b"},
		{"http://[::1]", "[::1]:80", "/"},
		{"http://[::1]:3000/woot", "[::1]:3000", "/woot"},
	} {
		t.Run(row.url, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				var dialed atomic.Value
				c := newGoClient(t, row.url, m, &socketio.ClientOptions{
					NoReconnection: true,
					DialContext: func(_ context.Context, _, addr string) (net.Conn, error) {
						dialed.Store(addr)
						return nil, errDialed
					},
				})
				if err := c.tryConnect(); !errors.Is(err, errDialed) {
					t.Errorf("Connect: %v", err)
				}
				if dialed.Load() != row.addr || c.Namespace() != row.namespace {
					t.Errorf("it asked %v for %q, want %q and %q", dialed.Load(), c.Namespace(), row.addr, row.namespace)
				}
			})
		})
	}
}

// A pair is a certificate and its key.
type pair struct{ cert, key string } // PEM

// newPair makes a certificate for 127.0.0.1 that is its own authority.
func newPair(t *testing.T, name string) pair {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    time.Now().Add(-time.Hour),
		NotAfter:     time.Now().Add(time.Hour),
		IPAddresses:  []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA:         true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	must(err)
	keyDER, err := x509.MarshalPKCS8PrivateKey(key)
	must(err)
	return pair{
		cert: string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		key:  string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: keyDER})),
	}
}

func (p pair) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM([]byte(p.cert))
	return pool
}

func TestGoClientTLS(t *testing.T) {
	server, client := newPair(t, "server"), newPair(t, "client")
	mine, err := tls.X509KeyPair([]byte(client.cert), []byte(client.key))
	must(err)
	good := &tls.Config{RootCAs: server.pool(), MinVersion: tls.VersionTLS12}
	known := good.Clone()
	known.Certificates = []tls.Certificate{mine}
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{TLS: map[string]any{"key": server.key, "cert": server.cert}})
		talk := func(t *testing.T, c *goClient) {
			c.connect()
			c.settled()
			if file := askFor[[]byte](c, "echo", []byte("a")); string(file) != "a" {
				t.Errorf("the echo is %q", file)
			}
		}
		t.Run("unknown authority", func(t *testing.T) {
			c := o.client(t, m, nil)
			var unknown x509.UnknownAuthorityError
			if err := c.tryConnect(); !errors.As(err, &unknown) || !c.Active() {
				t.Errorf("Connect: %v, active: %v", err, c.Active())
			}
			if !errors.As(c.LastError(), &unknown) {
				t.Errorf("LastError: %v", c.LastError())
			}
		})
		t.Run("wrong name", func(t *testing.T) {
			c := newGoClient(t, strings.Replace(o.url, "127.0.0.1", "localhost", 1), m,
				&socketio.ClientOptions{TLS: good, DialContext: dialIPv4})
			var wrong x509.HostnameError
			if err := c.tryConnect(); !errors.As(err, &wrong) {
				t.Errorf("Connect: %v", err)
			}
		})
		t.Run("good", func(t *testing.T) { talk(t, o.client(t, m, &socketio.ClientOptions{TLS: good})) })

		guarded := newOfficial(t, officialSetup{TLS: map[string]any{
			"key": server.key, "cert": server.cert, "ca": client.cert, "requestCert": true, "rejectUnauthorized": true,
		}})
		t.Run("without the client's certificate", func(t *testing.T) {
			c := guarded.client(t, m, &socketio.ClientOptions{TLS: good, NoReconnection: true})
			if err := c.tryConnect(); err == nil {
				t.Error("connected")
			}
		})
		t.Run("with it", func(t *testing.T) { talk(t, guarded.client(t, m, &socketio.ClientOptions{TLS: known})) })
		t.Run("with it, by an http.Client", func(t *testing.T) {
			client := &http.Client{Transport: &http.Transport{TLSClientConfig: known}}
			talk(t, guarded.client(t, m, &socketio.ClientOptions{HTTPClient: client}))
		})
	})
}

// dialIPv4 dials a host by the old protocol: localhost may be [::1] first.
func dialIPv4(ctx context.Context, _, addr string) (net.Conn, error) {
	return (&net.Dialer{}).DialContext(ctx, "tcp4", addr)
}

// TestGoClientRedirects has every request redirected, or all but those with a body, which a status of 302 drops.
func TestGoClientRedirects(t *testing.T) {
	for _, status := range []int{http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect} {
		t.Run(http.StatusText(status), func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				o := newOfficial(t, officialSetup{})
				target, err := url.Parse(o.url)
				must(err)
				var redirected atomic.Int32
				forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(target) }}
				front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if status == http.StatusFound && r.Method == http.MethodPost {
						forward.ServeHTTP(w, r)
						return
					}
					redirected.Add(1)
					http.Redirect(w, r, o.url+r.URL.RequestURI(), status)
				}))
				t.Cleanup(front.Close)
				c := newGoClient(t, front.URL, m, &socketio.ClientOptions{Header: http.Header{"X-Extra": {"one"}}})
				c.connect()
				c.settled()
				big := strings.Repeat("x", 100_000)
				if askFor[string](c, "echo", big) != big {
					t.Error("the echo is not what was sent")
				}
				if redirected.Load() == 0 {
					t.Error("nothing was redirected")
				}
				for _, r := range o.requests(t) {
					if r.Headers["x-extra"] != "one" {
						t.Errorf("%s by %s came without its header", r.Method, r.Transport)
					}
				}
			})
		})
	}
	t.Run("not followed", func(t *testing.T) {
		eachMode(t, func(t *testing.T, m mode) {
			front := httptest.NewServer(http.RedirectHandler("http://127.0.0.1:1/", http.StatusFound))
			t.Cleanup(front.Close)
			client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
			c := newGoClient(t, front.URL, m, &socketio.ClientOptions{HTTPClient: client, NoReconnection: true})
			if err := c.tryConnect(); err == nil || !strings.Contains(err.Error(), "302") {
				t.Errorf("Connect: %v", err)
			}
		})
	})
}

// TestGoClientHTTPProxy goes through a proxy, which forwards http:// and tunnels https://.
func TestGoClientHTTPProxy(t *testing.T) {
	server := newPair(t, "server")
	for scheme, setup := range map[string]officialSetup{
		"http":  {},
		"https": {TLS: map[string]any{"key": server.key, "cert": server.cert}},
	} {
		t.Run(scheme, func(t *testing.T) {
			eachMode(t, func(t *testing.T, m mode) {
				o := newOfficial(t, setup)
				p := newHTTPProxy(t)
				transport := &http.Transport{
					Proxy:           http.ProxyURL(p.url),
					TLSClientConfig: &tls.Config{RootCAs: server.pool(), MinVersion: tls.VersionTLS12},
				}
				c := o.client(t, m, &socketio.ClientOptions{HTTPClient: &http.Client{Transport: transport}})
				c.connect()
				c.settled()
				file := bytes.Repeat([]byte{1, 2, 3}, 50_000)
				if !bytes.Equal(askFor[[]byte](c, "echo", file), file) {
					t.Error("the echo is not what was sent")
				}
				if p.requests.Load() == 0 {
					t.Error("the proxy was not asked")
				}
				wrong := *p.url
				wrong.User = url.UserPassword("bob", "wrong")
				transport = &http.Transport{Proxy: http.ProxyURL(&wrong), TLSClientConfig: transport.TLSClientConfig}
				refused := o.client(t, m, &socketio.ClientOptions{
					HTTPClient: &http.Client{Transport: transport}, NoReconnection: true,
				})
				err := refused.tryConnect()
				if err == nil || !strings.Contains(err.Error(), "407") && !strings.Contains(err.Error(), "Proxy Auth") ||
					strings.Contains(err.Error(), "wrong") {
					t.Errorf("with the wrong password: %v", err)
				}
			})
		})
	}
}

// An httpProxy is an HTTP proxy that wants a password.
type httpProxy struct {
	url      *url.URL
	forward  *httputil.ReverseProxy
	requests atomic.Int32
}

func newHTTPProxy(t *testing.T) *httpProxy {
	t.Helper()
	p := &httpProxy{forward: &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}}}
	s := httptest.NewServer(p)
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	must(err)
	u.User = url.UserPassword("bob", "secret")
	p.url = u
	return p
}

func (p *httpProxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.requests.Add(1)
	if r.Header.Get("Proxy-Authorization") != "Basic Ym9iOnNlY3JldA==" { // bob:secret
		w.WriteHeader(http.StatusProxyAuthRequired)
		return
	}
	if r.Method != http.MethodConnect {
		p.forward.ServeHTTP(w, r)
		return
	}
	server, err := net.Dial("tcp", r.Host)
	if err != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer server.Close()
	client, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer client.Close()
	io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go func() { // ends with the connections
		io.Copy(server, client)
		server.Close()
	}()
	io.Copy(client, server)
}

// TestGoClientHTTPClient uses the jar, and the limits, of a client of the program's.
func TestGoClientHTTPClient(t *testing.T) {
	eachMode(t, func(t *testing.T, m mode) {
		o := newOfficial(t, officialSetup{})
		jar, err := cookiejar.New(nil)
		must(err)
		u, err := url.Parse(o.url)
		must(err)
		jar.SetCookies(u, []*http.Cookie{{Name: "session", Value: "alice"}})
		c := o.client(t, m, &socketio.ClientOptions{HTTPClient: &http.Client{Jar: jar}})
		c.connect()
		c.settled()
		missing := slices.ContainsFunc(o.requests(t), func(r request) bool {
			return !strings.Contains(r.Headers["cookie"], "session=alice")
		})
		if missing {
			t.Error("a request came without the cookie")
		}
	})
}
