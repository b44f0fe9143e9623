//go:build unix

package proxies

import (
	"log/slog"
	"maps"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// deploy has the files that the guide shows.
const deploy = "../../../docs/deploy"

// A mode is a way to reach a server, by the names that clients have for transports.
type mode struct {
	name       string
	transports []string
}

var modes = []mode{
	{"polling", []string{"polling"}},
	{"websocket", []string{"websocket"}},
	{"upgrade", []string{"polling", "websocket"}},
}

// A site is two servers behind a proxy.
type site struct {
	Name    string         `json:"name"` // of the proxy
	URL     string         `json:"url"`
	Options map[string]any `json:"options"` // what clients need to reach it

	proxy *proxy
	a, b  *backend

	failing sync.Mutex // held while backends crash and come back
}

// siteOptions say what is not as usual. The zero value is as documented.
type siteOptions struct {
	server  socketio.ServerOptions
	timeout time.Duration // the http.Server's ReadTimeout and WriteTimeout
	path    string        // instead of "/socket.io/"
	subst   []string      // what else to replace in the file of the proxy, old and new text in turn
}

// newSite starts two servers and a proxy for the length of the test.
func newSite(t *testing.T, k kind, o siteOptions) *site {
	t.Helper()
	s := &site{Name: k.name}
	subst := append([]string{}, o.subst...)
	path := "/socket.io/"
	if o.path != "" {
		subst = append(subst, path, o.path)
		path = o.path
	}
	s.a, s.b = newBackend(t, s, "a", path, o), newBackend(t, s, "b", path, o)
	subst = append(subst, "127.0.0.1:3001", s.a.addr, "127.0.0.1:3002", s.b.addr)
	s.proxy = startProxy(t, k, subst...)
	s.URL = "https://" + s.proxy.addr
	s.Options = map[string]any{"ca": string(s.proxy.cert), "path": path, "withCredentials": true}
	return s
}

// options are those with which clients reach the site, and the given ones.
func (s *site) options(more map[string]any) map[string]any {
	o := maps.Clone(s.Options)
	maps.Copy(o, more)
	return o
}

// A backend is one of the servers. It can be stopped and started.
type backend struct {
	name string
	addr string
	path string
	site *site
	opts siteOptions

	// Guarded by site.failing, once it has started.
	io   *socketio.Server
	http *http.Server
}

// newBackend starts a server for the length of the test.
func newBackend(t *testing.T, s *site, name, path string, o siteOptions) *backend {
	t.Helper()
	b := &backend{name: name, path: path, site: s, opts: o, addr: freeAddr(t)}
	b.opts.server.Logger = newLogger(t)
	b.opts.server.TrustedProxies = []string{"127.0.0.1"}
	if err := b.start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.failing.Lock()
		defer s.failing.Unlock()
		b.crash()
	})
	return b
}

func (b *backend) start() error {
	l, err := net.Listen("tcp", b.addr)
	if err != nil {
		return err
	}
	b.io = socketio.NewServer(&b.opts.server)
	b.handle()
	mux := http.NewServeMux()
	mux.Handle(b.path, b.io)
	mux.HandleFunc("/healthz", func(http.ResponseWriter, *http.Request) {})
	b.http = &http.Server{
		Handler:           mux,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       b.opts.timeout,
		WriteTimeout:      b.opts.timeout,
		IdleTimeout:       3 * time.Minute,
	}
	go b.http.Serve(l) // ends with crash
	return nil
}

// crash ends the server without a word to its clients.
func (b *backend) crash() {
	b.http.Close()
	b.io.Close()
}

// handle makes the server do what scenarios/proxies.mjs asks for.
func (b *backend) handle() {
	b.io.Handle("echo", func(v any) any { return v })
	b.io.Handle("who", func() string { return b.name })
	b.io.Handle("later", func(s *socketio.Socket, ms int) {
		time.AfterFunc(time.Duration(ms)*time.Millisecond, func() { s.Emit("later") })
	})
	b.io.Handle("request", func(s *socketio.Socket) seen {
		r := s.Request()
		h := s.Handshake()
		return seen{r.Host, r.Header.Values("X-Forwarded-For"), r.Header.Values("X-Forwarded-Proto"), h.Address, h.Secure}
	})
	b.io.Handle("reload", func() (string, error) { return "reloaded", b.site.proxy.reload() })
	b.io.Handle("crash", func(both bool) { go b.site.crash(b, both) }) // ends soon
}

// crash crashes the server that a client has met. Or both of them, and starts them again after a while.
func (s *site) crash(met *backend, both bool) {
	s.failing.Lock()
	defer s.failing.Unlock()
	if !both {
		met.crash()
		return
	}
	s.a.crash()
	s.b.crash()
	<-time.After(300 * time.Millisecond)
	for _, b := range []*backend{s.a, s.b} {
		var err error
		if !wait(patience, func() bool { err = b.start(); return err == nil }) {
			b.opts.server.Logger.Error(err.Error())
		}
	}
}

// seen is what a server saw of a client's handshake.
type seen struct {
	Host  string   `json:"host"`
	For   []string `json:"for"`
	Proto []string `json:"proto"`

	Address string `json:"address"`
	Secure  bool   `json:"secure"`
}

// newRunner makes a runner of scenarios for the length of the test.
func newRunner(t *testing.T) *scenario.Runner {
	r := &scenario.Runner{Dir: ".."}
	t.Cleanup(r.Stop)
	return r
}

// newLogger makes a logger whose output is shown if the test fails. An error, such as a handler's panic, fails it.
func newLogger(t *testing.T) *slog.Logger {
	l := &log{}
	t.Cleanup(func() {
		if strings.Contains(l.String(), "level=ERROR") {
			t.Error("the server logged an error")
		}
		if t.Failed() {
			t.Logf("log of the server:\n%s", l.String()[max(0, len(l.String())-8000):])
		}
	})
	return slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))
}
