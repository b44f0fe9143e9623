package engineio

import (
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/socketio-go/socketio/metrics"
)

// Options configure a [Server]. The zero value of each field is the official server's default unless it says
// otherwise. NewServer copies them.
type Options struct {
	PingInterval   time.Duration // time between a pong and the next ping; 0: 25 s
	PingTimeout    time.Duration // how long a pong may take before the session ends; 0: 20 s
	UpgradeTimeout time.Duration // how long an upgrade may take before its WebSocket is closed; 0: 10 s

	// Transports are those that clients may use: "polling" and "websocket". nil: both.
	Transports []string
	// NoUpgrade keeps every session on the transport that it began with: allowUpgrades false of the official server.
	NoUpgrade bool
	// AllowEIO3 admits clients that speak protocol 3, as those of Socket.IO 2 do. Their session ids are no secret:
	// they are the ids of their sockets.
	AllowEIO3 bool
	// AllowJSONP lets clients of protocol 3 poll by <script> elements, as browsers without CORS need it. No browser
	// says where a <script> stands: any page can then open sessions with the user's cookies. (The official server
	// allows it always, in every protocol.)
	AllowJSONP bool

	// MaxPayload is the largest message or POST body, in bytes, that a client may send: maxHttpBufferSize of the
	// official server. 0: 1,000,000.
	MaxPayload int
	// MaxPackets is how many packets one POST body may hold. 0: 100,000, about what fits into MaxPayload.
	MaxPackets int
	// MaxQueuedBytes is how much may wait for one client to read it: what is past it meets the SlowConsumer policy.
	// A single message larger than it is accepted if nothing else waits. 0: 1 MiB. (No limit in the official server.)
	MaxQueuedBytes int
	// SlowConsumer says what happens to a client for which more than MaxQueuedBytes would wait. Zero: Disconnect.
	SlowConsumer SlowConsumerPolicy

	// Origins are the pages, besides those of the server's own origin, whose scripts may connect, by any transport:
	// "https://app.example", "https://*.app.example" (any subdomain), "null", or "*" for all. Requests without an
	// Origin header, which no browser page can make cross-site with WebSocket or POST, are always allowed.
	// nil: same origin only. (The official server does not check WebSocket connections.)
	Origins []string
	// CORS says what else to tell browsers about cross-origin requests.
	CORS CORS

	// TrustedProxies are the addresses or networks ("10.0.0.0/8") of the reverse proxies whose X-Forwarded-For and
	// X-Forwarded-Proto headers are believed: see Session.Address. A page without TLS is then of another origin than a
	// server behind a proxy with TLS. nil: none.
	TrustedProxies []string

	// HTTPCompressionThreshold is from how many bytes on the answer to a poll is compressed, with gzip or deflate, if
	// the client accepts that. 0: 1024; negative: never.
	HTTPCompressionThreshold int
	// PerMessageDeflate compresses the messages of WebSockets (RFC 7692) for clients that offer it, each by itself:
	// no memory is held between two of them, and a broadcast is compressed once. It trades CPU for bandwidth.
	// false, as in the official server: never.
	PerMessageDeflate bool
	// PerMessageDeflateThreshold is from how many bytes on a message is compressed. 0: 1024.
	PerMessageDeflateThreshold int

	// Cookie, if not nil, is the template of a cookie that the answer to each handshake sets to the session id, for
	// proxies that keep a client on one server by it. An empty Name is "io". A template with neither Path, HttpOnly
	// nor SameSite gets those of the official server: "/", true and Lax. nil: no cookie.
	Cookie *http.Cookie
	// InitialHeaders, if not nil, is called with the header of the answer to each handshake, Headers with that of each
	// answer to a handshake, poll, POST or upgrade: both may change it.
	InitialHeaders func(http.Header, *http.Request)
	Headers        func(http.Header, *http.Request)
	// GenerateID, if not nil, makes the id of each session: unique, hard to guess, of at most 128 of the characters
	// A-Z a-z 0-9 - _ . ~. An error, or another id, refuses the handshake. It may block. nil: NewID.
	GenerateID func(*http.Request) (string, error)
	// OnConnectionError, if not nil, is called for each request that is refused before it reaches a session.
	OnConnectionError func(*ConnectionError)

	// AllowRequest, if not nil, decides on each handshake. An error refuses it with status 403; the text of a
	// *Refusal reaches the client, that of other errors only the log. It may block.
	AllowRequest func(*http.Request) error
	// BindSession, if not nil, returns the identity that a session belongs to (a user id, an address): a later
	// request with the session's id and another identity gets 403. nil: the id alone is enough, as it is for the
	// official server.
	BindSession func(*http.Request) string

	// Trace is told of every packet, for debugging. Zero: of none.
	Trace Trace
	// Metrics is told what is counted, of the engine's part of package metrics. nil: nothing is counted.
	Metrics metrics.Recorder
	// Logger receives what happens to sessions: at level Debug; at Info when a limit or a broken packet has ended one;
	// at Warn what the application should not do.
	// nil: nothing is logged.
	Logger *slog.Logger
}

// A SlowConsumerPolicy says what to do when more than Options.MaxQueuedBytes would wait for one client.
type SlowConsumerPolicy uint8

const (
	Disconnect SlowConsumerPolicy = iota // close the session, with reason [SlowConsumer]
	DropOldest                           // drop the oldest waiting messages that were sent as Droppable
	DropNewest                           // drop the new message if it was sent as Droppable
)

const (
	maxQuery      = 8 << 10
	maxQueryPairs = 1000
	// maxHeader bounds what a session keeps of its handshake's header: Node.js accepts as much.
	maxHeader = 16 << 10
	// closeTimeout is how long a closed session waits to tell its client, as in the official server.
	closeTimeout = 30 * time.Second
	// tombstone is how long a session that its client closed still answers a poll that was under way.
	tombstone = time.Second
	// postBase and postRate bound the time of a POST body: postBase, and a second more per postRate bytes received.
	postBase = 20 * time.Second
	postRate = 4 << 10
	// noopDelay is how long a poll is held while the client probes another transport.
	noopDelay = 100 * time.Millisecond
)

func (o *Options) withDefaults() Options {
	var c Options
	if o != nil {
		c = *o
	}
	c.Transports = slices.Clone(c.Transports)
	c.CORS.Methods = slices.Clone(c.CORS.Methods)
	c.CORS.AllowedHeaders = slices.Clone(c.CORS.AllowedHeaders)
	c.CORS.ExposedHeaders = slices.Clone(c.CORS.ExposedHeaders)
	setDuration(&c.PingInterval, 25*time.Second, "PingInterval")
	setDuration(&c.PingTimeout, 20*time.Second, "PingTimeout")
	setDuration(&c.UpgradeTimeout, 10*time.Second, "UpgradeTimeout")
	setLimit(&c.MaxPayload, 1_000_000, "MaxPayload")
	setLimit(&c.MaxPackets, 100_000, "MaxPackets")
	setLimit(&c.MaxQueuedBytes, 1<<20, "MaxQueuedBytes")
	if c.PerMessageDeflateThreshold > 0 && !c.PerMessageDeflate {
		mistake("PerMessageDeflateThreshold is set, and nothing is compressed: set PerMessageDeflate, too")
	}
	setLimit(&c.PerMessageDeflateThreshold, 1024, "PerMessageDeflateThreshold")
	setDuration(&c.CORS.MaxAge, 0, "CORS.MaxAge")
	setLimit(&c.CORS.PreflightCode, http.StatusNoContent, "CORS.PreflightCode")
	if c.HTTPCompressionThreshold == 0 {
		c.HTTPCompressionThreshold = 1024
	}
	c.checkPolicies()
	c.Cookie = cookieTemplate(c.Cookie)
	if c.GenerateID == nil {
		c.GenerateID = func(*http.Request) (string, error) { return NewID(), nil }
	}
	if c.Metrics == metrics.Discard {
		c.Metrics = nil // which costs less
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// checkPolicies panics with a sentence on what contradicts itself.
func (o *Options) checkPolicies() {
	if o.SlowConsumer > DropNewest {
		mistake("SlowConsumer is none of Disconnect, DropOldest and DropNewest")
	}
	if o.CORS.Credentials && slices.Contains(o.Origins, "*") {
		mistake(`Origins "*" with CORS.Credentials would give every page the user's cookies: list the origins`)
	}
	if o.CORS.Credentials && slices.Contains(o.Origins, "null") {
		mistake(`Origins "null" with CORS.Credentials would give every page the user's cookies, as any page can make a frame of that origin: leave it out`)
	}
	if code := o.CORS.PreflightCode; code < 200 || code > 299 {
		mistake("CORS.PreflightCode is %d, which browsers take for a no: write %d", code, http.StatusOK)
	}
	if o.AllowJSONP && !o.AllowEIO3 {
		mistake("AllowJSONP is for clients of protocol 3: set AllowEIO3, too")
	}
	o.Transports = checkTransports(o.Transports)
}

// checkTransports returns the transports that may be used.
func checkTransports(names []string) []string {
	if names == nil {
		return []string{polling, webSocket}
	}
	if len(names) == 0 {
		mistake("Transports is empty: leave it nil for both, or write []string{%q}", webSocket)
	}
	for _, t := range names {
		if t != polling && t != webSocket {
			mistake("%q in Transports is neither %q nor %q", t, polling, webSocket)
		}
	}
	return names
}

// setDuration gives an option that is zero its default.
func setDuration(d *time.Duration, v time.Duration, name string) {
	if *d < 0 {
		mistake("%s is negative: leave it zero for the default", name)
	}
	if *d == 0 {
		*d = v
	}
}

// setLimit gives an option that is zero its default.
func setLimit(n *int, v int, name string) {
	if *n < 0 {
		mistake("%s is negative: leave it zero for the default", name)
	}
	if *n == 0 {
		*n = v
	}
}

// The names of the transports.
const (
	polling   = "polling"
	webSocket = "websocket"
)

// cookieTemplate checks and completes Options.Cookie.
func cookieTemplate(template *http.Cookie) *http.Cookie {
	if template == nil {
		return nil
	}
	c := *template
	if c.Name == "" {
		c.Name = "io"
	}
	if c.Path == "" && !c.HttpOnly && c.SameSite == 0 {
		c.Path, c.HttpOnly, c.SameSite = "/", true, http.SameSiteLaxMode
	}
	c.Value = "id"
	if err := c.Valid(); err != nil {
		mistake("Cookie: %v", err)
	}
	return &c
}

// mistake panics with a sentence that says what to write instead: for what only the developer can have done wrong, and
// sees at once when the program starts.
func mistake(format string, args ...any) {
	panic("engineio: " + fmt.Sprintf(format, args...)) //nolint:forbidigo // the one place
}
