package socketio

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/parser"
)

// ClientOptions configure a [Client]. The zero value of each field is the official client's default unless it says
// otherwise. NewClient copies them.
type ClientOptions struct {
	// Path is where the server is mounted, with the slash at its end if it has one there, which the official client adds.
	// "": "/socket.io/".
	Path string
	// Query has parameters for every request, beside those of the URL. The server finds them in its Handshake.
	Query url.Values
	// Header has fields for every request (extraHeaders). In a browser they are not sent with WebSocket, and one named
	// "js.fetch:credentials" with the value "include" has cookies sent to other origins (withCredentials), see net/http.
	Header http.Header

	// Auth is what the server's middlewares get of each connection to a namespace (Handshake.Auth): a value that is
	// encoded as a JSON object, or a func(context.Context) (any, error) that is called each time and returns one, such as
	// a fresh token. The context ends when the connection does. A function that fails is an error of OnConnectError, and
	// is called again later, for as long as the client is active: ReconnectionAttempts does not count that.
	// [Client.SetAuth] changes it. nil: nothing.
	Auth any

	// Transports are those to use, the first one first: "polling" and "websocket". nil: both, long-polling first, which
	// works everywhere, and then the change to WebSocket.
	Transports []string
	// NoUpgrade stays with the transport that the connection began with (upgrade: false).
	NoUpgrade bool
	// RememberUpgrade begins with WebSocket if that has worked before.
	RememberUpgrade bool
	// TryAllTransports tries the next transport if the first cannot connect.
	TryAllTransports bool

	// NoReconnection gives up when a connection cannot be made or is lost (reconnection: false).
	NoReconnection bool
	// ReconnectionAttempts is how often in a row a connection is tried again before that is given up. 0: for ever.
	ReconnectionAttempts int
	// ReconnectionDelay is the delay before the first new attempt. It grows with each one by ReconnectionFactor, up to
	// ReconnectionDelayMax. 0: 1 s.
	ReconnectionDelay time.Duration
	// ReconnectionDelayMax is the longest such delay. 0: 5 s.
	ReconnectionDelayMax time.Duration
	// ReconnectionFactor is by how much the delay grows with each attempt. 0: 2.
	ReconnectionFactor float64
	// RandomizationFactor is how much of the delay is left to chance, so that many clients do not come back at once: 0.5
	// makes 1 s one of 0.5 to 1.5 s. 0: 0.5; negative: nothing.
	RandomizationFactor float64
	// ConnectTimeout is how long one attempt to open a connection may take (timeout). 0: 20 s.
	ConnectTimeout time.Duration

	// Retries, if not 0, has each event sent again until the server acknowledges it, at most that often: after
	// AckTimeout, and when the connection was lost. Such events are sent one after the other, each when the one before
	// is done, so their order is kept; the server may see one twice. Volatile ones are not meant.
	Retries int
	// AckTimeout is how long EmitWithAck waits for an acknowledgement unless Timeout says otherwise, and each attempt
	// with Retries. 0: as long as its context, or the connection, lasts.
	AckTimeout time.Duration

	// MaxPayload is the largest packet, in bytes, that the server may send. 0: 100 MiB, as that of the official client in
	// Node.js. Memory is used as it arrives.
	MaxPayload int
	// MaxQueuedBytes is how many bytes of events may wait for a connection; on one, twice as many may wait for the
	// network. Emit returns ErrQueueFull past it. 0: 16 MiB; the official client has no limit.
	MaxQueuedBytes int
	// MaxUnhandledBytes is how much may have been received and not yet handled. Past it nothing is read from the server
	// until there is room, and the connection is closed with reason HandlersTooSlow if there is none for as long as a
	// server may be silent. 0: 1 MiB.
	MaxUnhandledBytes int
	// MaxPendingAcks is how many acknowledgements may be awaited at a time, in one namespace. 0: 100,000.
	MaxPendingAcks int

	// HTTPClient makes all requests, those that become a WebSocket included: its Transport, with its proxy, TLS and
	// dialer, its Jar and its CheckRedirect are used; its Timeout bounds each poll, too. nil: one that is as
	// http.DefaultClient, with TLS and DialContext below, and keeps cookies, which a load balancer may need. A browser
	// makes the requests itself.
	HTTPClient *http.Client
	// TLS is the configuration of secure connections if HTTPClient is nil. nil: the default.
	TLS *tls.Config
	// DialContext makes network connections if HTTPClient is nil. nil: a net.Dialer. A browser has none: leave it nil there.
	DialContext func(ctx context.Context, network, addr string) (net.Conn, error)
	// RequestTimeout is how long one request of long-polling may take. 0: without limit; the heartbeat ends what hangs.
	RequestTimeout time.Duration
	// Subprotocols are offered with the WebSocket (protocols).
	Subprotocols []string
	// ForceBase64 sends binary data as text.
	ForceBase64 bool
	// PerMessageDeflate compresses the messages of the WebSocket if the server agrees. false: never; the official client
	// in Node.js always offers it.
	PerMessageDeflate bool
	// PerMessageDeflateThreshold is from how many bytes on a message is compressed. 0: 1024.
	PerMessageDeflateThreshold int

	// Parser is the form in which packets travel, which has to be the server's: see ServerOptions.Parser. nil:
	// parser.JSON{}.
	Parser parser.Codec

	// Trace is told of every packet of Engine.IO: for debugging. Its functions must not use the Client. Zero: of none.
	Trace engineio.ClientTrace
	// Logger receives the life of the connection at level Debug, its end at Info if a limit or a broken packet is the
	// cause, what does not fit its handler or is given up at Warn, and panics of handlers at Error. It must not use the
	// Client, which may be locked. nil: panics go to slog.Default, the rest is not logged.
	Logger *slog.Logger

	jar http.CookieJar // if there is no HTTPClient
}

func (o *ClientOptions) withDefaults() ClientOptions {
	var c ClientOptions
	if o != nil {
		c = *o
	}
	c.check()
	if c.Path == "" {
		c.Path = "/socket.io/"
	}
	c.Header = c.Header.Clone()
	c.Transports = slices.Clone(c.Transports)
	c.Subprotocols = slices.Clone(c.Subprotocols)
	c.ReconnectionDelay = or(c.ReconnectionDelay, time.Second)
	c.ReconnectionDelayMax = or(c.ReconnectionDelayMax, 5*time.Second)
	c.ReconnectionFactor = or(c.ReconnectionFactor, 2)
	c.RandomizationFactor = max(or(c.RandomizationFactor, 0.5), 0)
	c.ConnectTimeout = or(c.ConnectTimeout, 20*time.Second)
	c.MaxPayload = or(c.MaxPayload, 100<<20)
	c.MaxQueuedBytes = or(c.MaxQueuedBytes, 16<<20)
	c.MaxUnhandledBytes = or(c.MaxUnhandledBytes, 1<<20)
	c.MaxPendingAcks = or(c.MaxPendingAcks, 100_000)
	if c.Parser == nil {
		c.Parser = parser.JSON{}
	}
	if c.Logger == nil {
		c.Logger = slog.New(errorsOnly{})
	}
	if c.HTTPClient == nil {
		c.jar, _ = cookiejar.New(nil) // it does not fail
	}
	return c
}

// check panics about what can only be a mistake.
func (o *ClientOptions) check() {
	notNegative("ReconnectionAttempts", o.ReconnectionAttempts)
	notNegative("ReconnectionDelay", o.ReconnectionDelay)
	notNegative("ReconnectionDelayMax", o.ReconnectionDelayMax)
	notNegative("ConnectTimeout", o.ConnectTimeout)
	notNegative("Retries", o.Retries)
	notNegative("AckTimeout", o.AckTimeout)
	notNegative("MaxPayload", o.MaxPayload)
	notNegative("MaxQueuedBytes", o.MaxQueuedBytes)
	notNegative("MaxUnhandledBytes", o.MaxUnhandledBytes)
	notNegative("MaxPendingAcks", o.MaxPendingAcks)
	switch f := o.ReconnectionFactor; {
	case f != 0 && !(f >= 1):
		mistake("ReconnectionFactor is %v: delays grow by a factor of at least 1; leave it zero for 2", f)
	case !(o.RandomizationFactor <= 1):
		mistake("RandomizationFactor is %v: it is a part of the delay, at most 1", o.RandomizationFactor)
	case o.HTTPClient != nil && (o.TLS != nil || o.DialContext != nil):
		mistake("TLS and DialContext belong to the HTTPClient that is used if none is given: " +
			"set them in the http.Transport of yours")
	}
	if o.Path != "" && !strings.HasPrefix(o.Path, "/") {
		mistake(`Path is %q: it begins with "/", as in "/socket.io/"`, o.Path)
	}
	checkAuth(o.Auth)
	o.engine().Check()
}

// checkAuth panics if auth is a function of another form than it should have.
func checkAuth(auth any) {
	switch auth.(type) {
	case nil, func(context.Context) (any, error):
		return
	}
	if err := encodable(reflect.TypeOf(auth)); err != nil {
		mistake("Auth is a %T: give a value, such as a map[string]any, or a func(context.Context) (any, error)", auth)
	}
}

// newHTTPClient makes the client of one connection that is used if the options have none: what it takes is free once
// there is a WebSocket. own: nobody else uses its connections.
func (o *ClientOptions) newHTTPClient() (c *http.Client, own bool) {
	if runtime.GOOS == "js" {
		return &http.Client{}, false // the browser keeps cookies and connections
	}
	c = &http.Client{Jar: o.jar}
	base, ok := http.DefaultTransport.(*http.Transport)
	if !ok && o.TLS == nil && o.DialContext == nil { // somebody has replaced it, and shall be asked
		return c, false
	}
	if !ok {
		base = &http.Transport{Proxy: http.ProxyFromEnvironment}
	}
	t := base.Clone()
	c.Transport = t
	if o.TLS != nil {
		t.TLSClientConfig = o.TLS.Clone()
	}
	if o.DialContext != nil {
		t.DialContext = o.DialContext
	}
	return c, true
}

// engine are the options of a connection, but for its HTTP client.
func (o *ClientOptions) engine() *engineio.ClientOptions {
	return &engineio.ClientOptions{
		Header:                     o.Header,
		Subprotocols:               o.Subprotocols,
		Transports:                 o.Transports,
		NoUpgrade:                  o.NoUpgrade,
		TryAllTransports:           o.TryAllTransports,
		ForceBase64:                o.ForceBase64,
		RequestTimeout:             o.RequestTimeout,
		MaxPayload:                 o.MaxPayload,
		MaxQueuedBytes:             o.MaxQueuedBytes + min(o.MaxQueuedBytes, math.MaxInt-o.MaxQueuedBytes),
		PerMessageDeflate:          o.PerMessageDeflate,
		PerMessageDeflateThreshold: o.PerMessageDeflateThreshold,
		Trace:                      o.Trace,
		Logger:                     o.Logger,
	}
}

// parseURL takes the address of a server apart: what Engine.IO asks for, and the namespace that its path names.
func (o *ClientOptions) parseURL(address string) (engine, namespace string, err error) {
	u, err := url.Parse(address)
	if e, ok := errors.AsType[*url.Error](err); ok {
		err = e.Err // without the URL, which may have a password in it
	}
	if err != nil {
		return "", "", fmt.Errorf("socketio: the URL is not valid: %w", err)
	}
	switch u.Scheme {
	case "http", "https", "ws", "wss":
	default:
		return "", "", fmt.Errorf(`socketio: the URL %q does not begin with http:// or https://`, u.Redacted())
	}
	if u.Host == "" {
		return "", "", errors.New("socketio: the URL names no host")
	}
	namespace = u.Path
	if strings.TrimSuffix(namespace, "/") == strings.TrimSuffix(o.Path, "/") && namespace != "/" && namespace != "" {
		return "", "", fmt.Errorf("socketio: the path %q of the URL would name a namespace: leave it out, "+
			"ClientOptions.Path says where the server is", namespace)
	}
	query := u.Query()
	for name, values := range o.Query {
		query[name] = values
	}
	u.Path, u.RawPath, u.RawQuery, u.Fragment, u.RawFragment = o.Path, "", query.Encode(), "", ""
	return u.String(), namespace, nil
}
