package engineio

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// ClientOptions configure a [Client]. The zero value of each field is the official client's default unless it says
// otherwise. Dial copies them.
type ClientOptions struct {
	// HTTPClient makes the requests, and the one that becomes a WebSocket: proxy, TLS, cookies and redirects are its
	// own. Its Timeout bounds each poll, too, which takes up to the server's PingInterval. nil: one that nobody else
	// uses, with a copy of http.DefaultTransport and a jar for the cookies that a load balancer may set. In a browser
	// all requests are the browser's.
	HTTPClient *http.Client
	// OwnHTTPClient says that nobody else uses HTTPClient: its idle connections are closed when the session does not
	// need them any more, once it has moved to a WebSocket, or has ended.
	OwnHTTPClient bool
	// Header is added to each request: extraHeaders of the official client.
	Header http.Header
	// Subprotocols are offered with the WebSocket: the server must choose one of them.
	Subprotocols []string

	// Transports are those that may be used, the first of them to begin with: "polling" and "websocket". nil: both,
	// beginning with polling.
	Transports []string
	// NoUpgrade keeps the session on polling, if it begins there: upgrade false of the official client.
	NoUpgrade bool
	// TryAllTransports lets Dial try the next of Transports when the handshake by one has failed.
	TryAllTransports bool
	// ForceBase64 sends bytes as text on a WebSocket, too, and asks the server for the same.
	ForceBase64 bool

	// RequestTimeout is how long one HTTP request may take, a poll among them: more than the server's PingInterval.
	// 0: no limit, but the one that the heartbeat sets.
	RequestTimeout time.Duration
	// UpgradeTimeout is how long the move to a WebSocket may take before it is given up and polling goes on. 0: 10 s.
	// (No limit in the official client.)
	UpgradeTimeout time.Duration

	// MaxPayload is the largest message that the server may send, in bytes, and the largest answer to a poll, which may
	// hold many. 0: 100 MiB, as in the official client with WebSockets. (No limit with polling there.)
	MaxPayload int
	// MaxQueuedBytes is how much may wait until the server takes it: [Client.Send] refuses what is past it. A single
	// message larger than it is accepted if nothing else waits. 0: 16 MiB. (No limit in the official client.)
	MaxQueuedBytes int

	// PerMessageDeflate offers the server to compress the messages of the WebSocket (RFC 7692), each by itself. (The
	// official client offers it always.)
	PerMessageDeflate bool
	// PerMessageDeflateThreshold is from how many bytes on a message is compressed. 0: 1024.
	PerMessageDeflateThreshold int

	// Trace is told of every packet, for debugging. Zero: of none.
	Trace ClientTrace
	// Logger receives what happens to the session: at level Debug; at Info when a limit or a broken packet has ended it.
	// nil: nothing is logged.
	Logger *slog.Logger
}

// A ClientTrace is for a [Client] what [Trace] is for the sessions of a server, and the same holds for its functions.
// Of the methods of the client only ID and LogID may be called by PacketSent and Drained.
type ClientTrace struct {
	PacketReceived func(*Client, Packet)
	PacketSent     func(*Client, Packet)
	Drained        func(*Client)
}

const (
	// maxOpen bounds the open packet, maxSID the id in it.
	maxOpen = 16 << 10
	maxSID  = 1 << 10
	// maxReceivedPackets is how many packets one answer to a poll may hold.
	maxReceivedPackets = 1_000_000
	// maxSentPackets is how many are sent in one POST: official servers have no limit, ours has one.
	maxSentPackets = 10_000
	// maxPongs is how many answers to pings wait for a server that asks faster than it reads.
	maxPongs = 60
	// clientCloseTimeout is how long a closed client goes on to send what is queued.
	clientCloseTimeout = 5 * time.Second
)

// Check panics with a sentence if an option is unusable, as Dial does: for a program that dials later, in a goroutine.
func (o *ClientOptions) Check() { o.withDefaults() }

func (o *ClientOptions) withDefaults() ClientOptions {
	var c ClientOptions
	if o != nil {
		c = *o
	}
	c.Header = c.Header.Clone()
	c.Subprotocols = slices.Clone(c.Subprotocols)
	c.Transports = slices.Clone(c.Transports)
	setDuration(&c.RequestTimeout, 0, "RequestTimeout")
	setDuration(&c.UpgradeTimeout, 10*time.Second, "UpgradeTimeout")
	setLimit(&c.MaxPayload, 100<<20, "MaxPayload")
	setLimit(&c.MaxQueuedBytes, 16<<20, "MaxQueuedBytes")
	if c.PerMessageDeflateThreshold > 0 && !c.PerMessageDeflate {
		mistake("PerMessageDeflateThreshold is set, and nothing is compressed: set PerMessageDeflate, too")
	}
	setLimit(&c.PerMessageDeflateThreshold, 1024, "PerMessageDeflateThreshold")
	c.Transports = checkTransports(c.Transports)
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}

// baseURL returns the part of the URL that all requests have in common: what the caller gave, and the protocol.
func baseURL(rawURL string) (string, error) {
	u, err := url.Parse(rawURL)
	if err != nil {
		// The whole URL, which the error repeats, may hold a secret.
		if e, ok := err.(*url.Error); ok { //nolint:errorlint // it is what Parse returns
			err = e.Err
		}
		return "", fmt.Errorf("engineio: invalid URL: %w", err)
	}
	switch u.Scheme {
	case "http", "https":
	case "ws":
		u.Scheme = "http"
	case "wss":
		u.Scheme = "https"
	default:
		return "", fmt.Errorf("engineio: the scheme of the URL is %q: write http, https, ws or wss", u.Scheme)
	}
	if u.Host == "" {
		return "", fmt.Errorf("engineio: the URL has no host")
	}
	u.Fragment, u.RawFragment = "", ""
	if u.RawQuery != "" {
		u.RawQuery += "&"
	}
	u.RawQuery += "EIO=4"
	return u.String(), nil
}
