package socketio

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"time"

	"github.com/socketio-go/socketio/clientjs"
	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/metrics"
	"github.com/socketio-go/socketio/parser"
)

// ServerOptions configure a [Server]. The zero value of each field is the official server's default unless it says
// otherwise. NewServer copies them.
type ServerOptions struct {
	// PingInterval is the time between a client's sign of life and the next time it is asked for one. 0: 25 s.
	PingInterval time.Duration
	// PingTimeout is how long a client may take to answer before it is disconnected. 0: 20 s.
	PingTimeout time.Duration
	// UpgradeTimeout is how long the change from long-polling to WebSocket may take before it is given up. 0: 10 s.
	UpgradeTimeout time.Duration
	// ConnectTimeout is how long a connection may be without a namespace before it is closed. 0: 45 s.
	ConnectTimeout time.Duration

	// Transports are those that clients may use: "polling" and "websocket". nil: both.
	Transports []string
	// NoUpgrade keeps every connection on the transport that it began with (allowUpgrades: false).
	NoUpgrade bool
	// AllowEIO3 admits clients of Socket.IO 2. The ids of their sockets are those of their connections: do not show
	// them to other clients.
	AllowEIO3 bool
	// AllowJSONP lets clients of Socket.IO 2 poll by <script> elements. Any page can then connect with the user's
	// cookies: see engineio.Options.
	AllowJSONP bool

	// MaxPayload is the largest message, in bytes, that a client may send (maxHttpBufferSize). 0: 1,000,000.
	MaxPayload int
	// MaxPackets is how many packets one POST of a polling client may hold. 0: 100,000, about what fits into MaxPayload.
	MaxPackets int
	// MaxQueuedBytes is how much may wait for one client to read it. What is past it meets the SlowConsumer policy.
	// 0: 1 MiB; the official server has no limit.
	MaxQueuedBytes int
	// SlowConsumer says what happens to a client for which more than MaxQueuedBytes would wait.
	// Zero: engineio.Disconnect. Only events that want no acknowledgement are ever dropped by the other policies.
	SlowConsumer engineio.SlowConsumerPolicy
	// MaxUnhandledBytes is how much one connection may have received and not yet handled, as when a handler takes its
	// time. Past it the server stops reading from that client, acknowledgements included, until there is room; if there
	// is none for as long as a client may be silent (PingInterval and PingTimeout), it closes the connection with
	// reason HandlersTooSlow. 0: 1 MiB.
	MaxUnhandledBytes int
	// MaxNamespaces is how many namespaces one connection may be in. 0: 100.
	MaxNamespaces int
	// MaxPendingAcks is how many acknowledgements of one socket may be awaited at a time. 0: 1,000.
	MaxPendingAcks int

	// Origins are the pages, besides those of the server's own origin, whose scripts may connect, by any transport:
	// "https://app.example", "https://*.app.example", "null", or "*" for all. nil: same origin only; the official server
	// lets any page open a WebSocket. Requests without an Origin header, which programs send, are always allowed.
	Origins []string
	// CORS says what else to tell browsers about cross-origin requests.
	CORS engineio.CORS
	// TrustedProxies are the addresses or networks ("10.0.0.0/8") of the reverse proxies whose X-Forwarded-For and
	// X-Forwarded-Proto headers are believed, for Address and Secure of the Handshake. nil: none.
	TrustedProxies []string

	// HTTPCompressionThreshold is from how many bytes on the answer to a poll is compressed. 0: 1024; negative: never.
	HTTPCompressionThreshold int
	// PerMessageDeflate compresses the messages of WebSockets for clients that offer it: less traffic for more CPU.
	// Each is compressed by itself, a broadcast once, and no memory is held between two of them. false: never.
	PerMessageDeflate bool
	// PerMessageDeflateThreshold is from how many bytes on a message is compressed. 0: 1024.
	PerMessageDeflateThreshold int

	// Cookie, if not nil, is the template of a cookie with the id of the connection, for proxies that keep a client on
	// one server by it: see engineio.Options. nil: none.
	Cookie *http.Cookie
	// InitialHeaders, if not nil, is called with the header of the answer to each request that opens a connection,
	// Headers with that of each answer: both may change it (initial_headers and headers of io.engine).
	InitialHeaders func(http.Header, *http.Request)
	Headers        func(http.Header, *http.Request)
	// GenerateID, if not nil, makes the id of each connection, which is a secret between it and the server: see
	// engineio.Options. nil: 120 random bits.
	GenerateID func(*http.Request) (string, error)
	// OnConnectionError, if not nil, is called for each request that is refused before it reaches a connection
	// (connection_error of io.engine).
	OnConnectionError func(*engineio.ConnectionError)

	// AllowRequest, if not nil, decides on each new connection. An error refuses it with status 403; only the text
	// of an *engineio.Refusal reaches the client. It may block.
	AllowRequest func(*http.Request) error
	// BindSession, if not nil, returns the identity that a connection belongs to; see engineio.Options.
	BindSession func(*http.Request) string

	// ClientFiles has the files of the browser client, which are served below the path where the server is mounted:
	// <script src="/socket.io/socket.io.min.js">. nil: our own, which are built in. Those of the official client are
	// os.DirFS("node_modules/socket.io/client-dist"), or an embed.FS with the same. These names and no others are
	// served: socket.io.js, socket.io.min.js, socket.io.esm.min.js, socket.io.msgpack.min.js and
	// socket.io.websocket.min.js, and each of them with .map; the last element of a request's path decides. Each file is
	// read once, at the first request for it, and kept in memory, also compressed with gzip. A file beside it whose name
	// has .br or .gz appended is served to browsers that accept that compression.
	ClientFiles fs.FS
	// NoClientFiles serves none, whatever ClientFiles has (serveClient: false).
	NoClientFiles bool

	// Recovery switches connection state recovery on. nil: off.
	Recovery *RecoveryOptions
	// Adapter, if not nil, makes the adapter of each namespace, such as that of a cluster, around its local one. It
	// must not call Server.Of. Namespaces are made, and dynamic ones removed, one at a time: nobody else waits for that.
	Adapter func(*Local) Adapter

	// Parser is the form in which packets travel, which has to be that of the clients: msgpack.Codec{} for those with
	// the official socket.io-msgpack-parser. nil: parser.JSON{}.
	Parser parser.Codec

	// Trace is told of every packet of Engine.IO, below the events that OnAny and OnAnyOutgoing see: for debugging
	// (packet, packetCreate, flush, drain and heartbeat of io.engine's sockets). Zero: of none.
	Trace engineio.Trace
	// Metrics is told what package metrics has a series for; a *metrics.Counters shows it to Prometheus. nil: nothing is
	// counted.
	Metrics metrics.Recorder
	// Logger receives the life of each connection at level Debug, its end at Info if a limit or a broken packet is the
	// cause, errors of handlers at Warn, and their panics at Error. What clients send is not logged, nor are the ids of
	// their connections, which are secrets, but for the beginning. nil: panics go to slog.Default, the
	// rest is not logged.
	Logger *slog.Logger
}

func (o *ServerOptions) withDefaults() ServerOptions {
	var c ServerOptions
	if o != nil {
		c = *o
	}
	notNegative("ConnectTimeout", c.ConnectTimeout)
	notNegative("MaxUnhandledBytes", c.MaxUnhandledBytes)
	notNegative("MaxNamespaces", c.MaxNamespaces)
	notNegative("MaxPendingAcks", c.MaxPendingAcks)
	c.PingInterval = or(c.PingInterval, 25*time.Second)
	c.PingTimeout = or(c.PingTimeout, 20*time.Second)
	c.ConnectTimeout = or(c.ConnectTimeout, 45*time.Second)
	c.MaxPayload = or(c.MaxPayload, 1_000_000)
	c.MaxQueuedBytes = or(c.MaxQueuedBytes, 1<<20)
	c.Recovery = c.Recovery.withDefaults()
	c.MaxUnhandledBytes = or(c.MaxUnhandledBytes, 1<<20)
	c.MaxNamespaces = or(c.MaxNamespaces, 100)
	c.MaxPendingAcks = or(c.MaxPendingAcks, 1000)
	if c.ClientFiles == nil {
		c.ClientFiles = clientjs.Files()
	}
	if c.Parser == nil {
		c.Parser = parser.JSON{}
	}
	if c.Metrics == nil {
		c.Metrics = metrics.Discard
	}
	if c.Logger == nil {
		c.Logger = slog.New(errorsOnly{})
	}
	return c
}

func notNegative[T int | time.Duration](option string, v T) {
	if v < 0 {
		mistake("%s is negative: leave it zero for the default", option)
	}
}

// errorsOnly is the handler of the Logger that was not set: a handler that panics must not do so in silence.
type errorsOnly struct{}

func (errorsOnly) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelError && slog.Default().Enabled(ctx, level) //nolint:forbidigo // as net/http does without an ErrorLog
}

func (errorsOnly) Handle(ctx context.Context, r slog.Record) error {
	return slog.Default().Handler().Handle(ctx, r) //nolint:forbidigo // as above
}
func (e errorsOnly) WithAttrs([]slog.Attr) slog.Handler { return e } // the Logger is used as it is
func (e errorsOnly) WithGroup(string) slog.Handler      { return e }

func or[T int | float64 | time.Duration](v, def T) T {
	if v == 0 {
		return def
	}
	return v
}

func (o *ServerOptions) engine() *engineio.Options {
	return &engineio.Options{
		PingInterval:   o.PingInterval,
		PingTimeout:    o.PingTimeout,
		UpgradeTimeout: o.UpgradeTimeout,
		Transports:     o.Transports,
		NoUpgrade:      o.NoUpgrade,
		AllowEIO3:      o.AllowEIO3,
		AllowJSONP:     o.AllowJSONP,
		MaxPayload:     o.MaxPayload,
		MaxPackets:     o.MaxPackets,
		MaxQueuedBytes: o.MaxQueuedBytes,
		SlowConsumer:   o.SlowConsumer,
		Origins:        o.Origins,
		CORS:           o.CORS,
		TrustedProxies: o.TrustedProxies,

		HTTPCompressionThreshold:   o.HTTPCompressionThreshold,
		PerMessageDeflate:          o.PerMessageDeflate,
		PerMessageDeflateThreshold: o.PerMessageDeflateThreshold,

		Cookie:            o.Cookie,
		InitialHeaders:    o.InitialHeaders,
		Headers:           o.Headers,
		GenerateID:        o.GenerateID,
		OnConnectionError: o.OnConnectionError,
		AllowRequest:      o.AllowRequest,
		BindSession:       o.BindSession,
		Trace:             o.Trace,
		Metrics:           o.Metrics,
		Logger:            o.Logger,
	}
}
