package interop

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/interop/scenario"
)

// An official is a server of the official package, in the process that runs the scenarios: see goclient.mjs.
type official struct {
	setup officialSetup
	url   string
}

// An officialSetup is what the job goclient.start reads.
type officialSetup struct {
	Options map[string]any `json:"options,omitempty"`
	Parser  string         `json:"parser,omitempty"` // "msgpack" or the usual one
	Port    int            `json:"port,omitempty"`   // 0: any
	TLS     map[string]any `json:"tls,omitempty"`    // options of https.createServer
	Sticky  string         `json:"sticky,omitempty"` // a cookie as a load balancer sets it
}

// newOfficial starts a server for the length of the test.
func newOfficial(t *testing.T, setup officialSetup) *official {
	t.Helper()
	o := &official{setup: setup}
	o.start(t)
	t.Cleanup(func() { o.stop(t) })
	return o
}

// start starts the server: the first time at any port, later at the same.
func (o *official) start(t *testing.T) {
	t.Helper()
	node.Run(t, scenario.Job{Scenario: "goclient.start", Args: o.setup}, &o.setup.Port)
	scheme := "http"
	if o.setup.TLS != nil {
		scheme = "https"
	}
	o.url = fmt.Sprintf("%s://127.0.0.1:%d", scheme, o.setup.Port)
}

func (o *official) stop(t *testing.T) {
	t.Helper()
	o.do(t, "stop", nil, nil)
}

// do runs a job of goclient.mjs.
func (o *official) do(t *testing.T, job string, args map[string]any, result any) {
	t.Helper()
	all := map[string]any{"port": o.setup.Port}
	for name, value := range args {
		all[name] = value
	}
	node.Run(t, scenario.Job{Scenario: "goclient." + job, Args: all}, result)
}

// waitFor waits until the server has seen something n times.
func (o *official) waitFor(t *testing.T, what string, n int) {
	t.Helper()
	o.do(t, "noted", map[string]any{"what": what, "n": n}, nil)
}

// seen gives what the server has seen of one kind, as text.
func (o *official) seen(t *testing.T, what string) []string {
	t.Helper()
	var all [][]any
	o.do(t, "seen", nil, &all)
	var list []string
	for _, line := range all {
		if line[0] == what {
			list = append(list, strings.TrimSuffix(fmt.Sprintln(line[1:]...), "\n"))
		}
	}
	return list
}

// A request is one that the server has answered.
type request struct {
	Method, Path, Transport string
	First                   bool // of a connection
	Query, Headers          map[string]string
}

func (o *official) requests(t *testing.T) (list []request) {
	t.Helper()
	o.do(t, "requests", nil, &list)
	return list
}

// A goClient is a client of ours that tells its life.
type goClient struct {
	*socketio.Client
	t    *testing.T
	mode mode
	life chan string
}

// client makes a client of the server. It is closed at the end of the test, and shall leave nothing behind.
func (o *official) client(t *testing.T, m mode, opts *socketio.ClientOptions) *goClient {
	t.Helper()
	return newGoClient(t, o.url, m, opts)
}

// goClients counts the clients of the test that runs, which is one at a time.
var goClients int

func newGoClient(t *testing.T, url string, m mode, opts *socketio.ClientOptions) *goClient {
	t.Helper()
	var co socketio.ClientOptions
	if opts != nil {
		co = *opts
	}
	co.Transports = m.transports
	co.Logger = newLogger(t)
	if co.ReconnectionDelay == 0 {
		co.ReconnectionDelay, co.ReconnectionDelayMax = 20*time.Millisecond, 200*time.Millisecond
	}
	c := &goClient{socketio.NewClient(url, &co), t, m, make(chan string, 1000)}
	goClients++
	t.Cleanup(func() {
		_ = c.Close()
		if goClients--; goClients == 0 {
			nothingLeft(t)
		}
	})
	c.tellLife()
	return c
}

// of is the client of another namespace.
func (c *goClient) of(namespace string) *goClient {
	other := &goClient{c.Of(namespace), c.t, c.mode, make(chan string, 1000)}
	other.tellLife()
	return other
}

func (c *goClient) tellLife() {
	tell := func(format string, args ...any) {
		select {
		case c.life <- fmt.Sprintf(format, args...):
		default: // nobody looks
		}
	}
	c.OnConnect(func() { tell("connect") })
	c.OnConnectError(func(err error) { tell("connect_error: %v", err) })
	c.OnDisconnect(func(r socketio.DisconnectReason) { tell("disconnect: %s", r) })
	c.OnReconnectFailed(func() { tell("reconnect_failed") })
}

// expect takes the next lines of the client's life.
func (c *goClient) expect(lines ...string) {
	c.t.Helper()
	for _, want := range lines {
		if got := receive(c.t, want, c.life); got != want {
			c.t.Fatalf("the client says %q, want %q", got, want)
		}
	}
}

// until skips lines of the client's life until one begins in this way.
func (c *goClient) until(prefix string) string {
	c.t.Helper()
	deadline := time.After(patience)
	for {
		select {
		case got := <-c.life:
			if strings.HasPrefix(got, prefix) {
				return got
			}
		case <-deadline:
			c.t.Fatalf("no %q in %v; the last error is: %v", prefix, patience, c.LastError())
		}
	}
}

// connect connects.
func (c *goClient) connect() {
	c.t.Helper()
	if err := c.tryConnect(); err != nil {
		c.t.Fatalf("Connect: %v", err)
	}
	c.expect("connect")
}

// tryConnect gives the result of Connect.
func (c *goClient) tryConnect() error {
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	return c.Connect(ctx)
}

// settled waits until the connection is on its last transport.
func (c *goClient) settled() {
	c.t.Helper()
	last := c.mode.transports[len(c.mode.transports)-1]
	eventually(c.t, "transport "+last, func() bool {
		conn := c.Conn()
		return conn != nil && conn.Transport() == last
	})
}

// ask emits an event, waits for the acknowledgement, and stores its values.
func (c *goClient) ask(values []any, event string, args ...any) {
	c.t.Helper()
	answer, err := c.Timeout(patience).EmitWithAck(c.t.Context(), event, args...)
	if err := errors.Join(err, answer.Scan(values...)); err != nil {
		c.t.Fatalf("%s: %v", event, err)
	}
}

// askFor is ask for one value.
func askFor[T any](c *goClient, event string, args ...any) (value T) {
	c.t.Helper()
	c.ask([]any{&value}, event, args...)
	return value
}

// eventually waits until a condition holds that nothing announces.
func eventually(t *testing.T, what string, holds func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("no %s in %v", what, patience)
		}
	}
}

// nothingLeft sees to it that no goroutine of a client is left.
func nothingLeft(t *testing.T) {
	t.Helper()
	var left string
	buf := make([]byte, 1<<20)
	eventually(t, "end of the client's goroutines", func() bool {
		left = ""
		for g := range strings.SplitSeq(string(buf[:runtime.Stack(buf, true)]), "\n\n") {
			if strings.Contains(g, "engineio.(*Client)") || strings.Contains(g, "socketio.(*manager)") ||
				strings.Contains(g, "socketio.(*Client)") && !strings.Contains(g, "nothingLeft") {
				left = g
			}
		}
		return left == ""
	})
}
