package engineio

import (
	"log/slog"
	"net/http"
	"time"
)

// Options configure a [Server]. The zero value of each field is the official server's default unless it says
// otherwise. NewServer copies them.
type Options struct {
	PingInterval   time.Duration // time between a pong and the next ping; 0: 25 s
	PingTimeout    time.Duration // how long a pong may take before the session ends; 0: 20 s
	UpgradeTimeout time.Duration // how long an upgrade may take before its WebSocket is closed; 0: 10 s

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

	// AllowRequest, if not nil, decides on each handshake. An error refuses it with status 403; the text of a
	// *Refusal reaches the client, that of other errors only the log. It may block.
	AllowRequest func(*http.Request) error
	// BindSession, if not nil, returns the identity that a session belongs to (a user id, an address): a later
	// request with the session's id and another identity gets 403. nil: the id alone is enough, as it is for the
	// official server.
	BindSession func(*http.Request) string

	// Logger receives what happens to sessions, at level Debug, and what needs an operator's eye above it.
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
	def := func(d *time.Duration, v time.Duration, name string) {
		if *d < 0 {
			panic("engineio: " + name + " is negative: leave it zero for the default") //nolint:forbidigo // a programmer's mistake
		}
		if *d == 0 {
			*d = v
		}
	}
	def(&c.PingInterval, 25*time.Second, "PingInterval")
	def(&c.PingTimeout, 20*time.Second, "PingTimeout")
	def(&c.UpgradeTimeout, 10*time.Second, "UpgradeTimeout")
	limit := func(n *int, v int, name string) {
		if *n < 0 {
			panic("engineio: " + name + " is negative: leave it zero for the default") //nolint:forbidigo // a programmer's mistake
		}
		if *n == 0 {
			*n = v
		}
	}
	limit(&c.MaxPayload, 1_000_000, "MaxPayload")
	limit(&c.MaxPackets, 100_000, "MaxPackets")
	limit(&c.MaxQueuedBytes, 1<<20, "MaxQueuedBytes")
	if c.SlowConsumer > DropNewest {
		panic("engineio: SlowConsumer is none of Disconnect, DropOldest and DropNewest") //nolint:forbidigo // a programmer's mistake
	}
	if c.CORS.Credentials {
		for _, origin := range c.Origins {
			if origin == "*" {
				panic(`engineio: Origins "*" with CORS.Credentials would give every page the user's cookies: list the origins`) //nolint:forbidigo // a programmer's mistake
			}
		}
	}
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	return c
}
