package engineio

import (
	"context"
	"log/slog"
	"net/http"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"time"
)

// A Client is the client's end of a session, made by [Dial]. Its methods may be called from any goroutine.
type Client struct {
	// Immutable once Dial has called open.
	opts       ClientOptions
	base       string // the URL that all requests have in common
	id         string
	silence    time.Duration // how long the server may be silent
	maxPayload int           // the server's; 0: not told
	ctx        context.Context
	cancel     context.CancelFunc // ends all requests
	done       chan struct{}
	handler    Handler // set before the first packet is handled

	reading atomic.Int32 // the handler holds up the input
	polled  atomic.Int64 // bytes that have arrived in answers to polls
	closed  atomic.Bool  // written under mu: state is not open

	mu sync.Mutex
	// Guarded by mu.
	http     *http.Client // nil: no request follows. Whoever makes one reads it freely
	own      bool         // http is nobody else's
	state    state
	opened   bool        // the handler is set; nothing ends before
	early    *earlyClose // how it was closed before it was opened
	users    int         // goroutines that have not ended
	ws       *clientWS   // the transport; nil: polling
	upgrade  *upgrade    // under way
	polling  bool        // the goroutine that polls exists
	posting  bool        // the one that posts exists
	busy     bool        // the WebSocket has not taken all that it was given
	queue    []Message
	queued   int         // bytes in queue
	inflight int         // bytes in the POST under way, or of which the WebSocket has not taken all
	pongs    int         // control packets in queue
	heard    time.Time   // when the server gave a sign of life
	seen     int64       // what had been received by then
	timer    *time.Timer // ends the session when the server is silent, and a lingering one
}

// ID returns the session id, the sid of the protocol: a secret between client and server, not to be shown to others.
func (c *Client) ID() string { return c.id }

// LogID returns the beginning of the session id, by which the log names the session: the whole is a secret.
func (c *Client) LogID() string { return logID(c.id) }

// MaxPayload returns the largest message that the server takes, in bytes, in the form in which it travels; 0: the
// server has not told.
func (c *Client) MaxPayload() int { return c.maxPayload }

// MaxSilence returns how long the server may be silent: its pingInterval and pingTimeout.
func (c *Client) MaxSilence() time.Duration { return c.silence }

// Transport returns the name of the current transport: "polling" or "websocket".
func (c *Client) Transport() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ws != nil {
		return webSocket
	}
	return polling
}

// Received returns how many bytes have arrived in the answers to polls and on the WebSocket: it grows while a large
// message is on its way.
func (c *Client) Received() int64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.receivedLocked()
}

func (c *Client) receivedLocked() int64 {
	n := c.polled.Load()
	if c.ws != nil {
		n += c.ws.conn.Received()
	}
	return n
}

// Done is closed when nothing of the client is left, neither goroutine nor connection: some time after Handler.Close,
// since what was sent before Close is still written, for at most 5 seconds.
func (c *Client) Done() <-chan struct{} { return c.done }

// enterLocked says that a goroutine begins, leave that it has ended. The last of a client that has ended turns off the
// light.
func (c *Client) enterLocked() { c.users++ }

func (c *Client) leave() {
	c.mu.Lock()
	c.users--
	last := c.users == 0 && c.state == stateEnded
	c.mu.Unlock()
	if last {
		c.closeIdle()
		close(c.done)
	}
}

// closeIdle closes the connections that no request will use.
func (c *Client) closeIdle() {
	c.mu.Lock()
	client := c.http
	own := c.own
	c.mu.Unlock()
	if client != nil && own {
		client.CloseIdleConnections()
	}
}

// dropHTTP lets go of what requests need, after the last.
func (c *Client) dropHTTP() {
	c.cancel()
	c.closeIdle()
	c.mu.Lock()
	c.http = nil
	c.mu.Unlock()
}

// receive handles one packet of the server. It returns false when there is no point in going on. The goroutine that
// polls and the WebSocket's reader never call it at the same time: see finishUpgrade.
func (c *Client) receive(p packet, transport string) bool {
	if c.closed.Load() {
		return false
	}
	c.traceReceived(p, transport)
	switch p.typ {
	case packetMessage:
		c.deliver(p)
	case packetPing:
		c.pong()
	case packetClose:
		how := abort
		if transport == webSocket {
			how = discard // it has a close handshake
		}
		c.end(TransportClose, errClosedByServer, how)
		return false
	case packetOpen:
		c.end(TransportError, errSecondOpen, discard)
		return false
	case packetPong, packetUpgrade, packetNoop, packetBinary: // nothing to do, as in the official client
	}
	return true
}

func (c *Client) deliver(p packet) {
	c.reading.Add(1)
	defer c.reading.Add(-1) // also if the handler panics, which somebody may recover
	c.handler.Message(p.data, p.binary)
}

// batchDone tells the handler that what arrived together has been handed over.
func (c *Client) batchDone() {
	c.hear()
	c.reading.Add(1)
	defer c.reading.Add(-1)
	c.handler.BatchDone()
}

func (c *Client) log(level slog.Level, msg string, attrs ...slog.Attr) {
	l := c.opts.Logger
	if ctx := context.Background(); l.Enabled(ctx, level) {
		l.LogAttrs(ctx, level, msg, append(attrs, attr("session", c.LogID()))...)
	}
}

// traceReceived tells of a packet that has arrived.
func (c *Client) traceReceived(p packet, transport string) {
	if told := c.opts.Trace.PacketReceived; told != nil {
		c.tell(func() { told(c, Packet{p.typ.String(), transport, p.binary, p.data}) })
	}
}

// traceSentLocked tells of packets that are about to be written.
func (c *Client) traceSentLocked(transport string, packets ...Message) {
	told := c.opts.Trace.PacketSent
	if told == nil {
		return
	}
	for _, m := range packets {
		c.tell(func() { told(c, Packet{m.typ().String(), transport, m.binary, m.Data()}) })
	}
}

// traceDrainedLocked tells that nothing waits any more.
func (c *Client) traceDrainedLocked() {
	told := c.opts.Trace.Drained
	if told != nil && c.state == stateOpen && c.queued == 0 && c.inflight == 0 {
		c.tell(func() { told(c) })
	}
}

// tell calls a function of the trace. Its panic would leave the client locked.
func (c *Client) tell(fn func()) {
	defer func() {
		if v := recover(); v != nil {
			c.log(slog.LevelError, "engineio: trace panicked", slog.Any("panic", v), attr("stack", string(debug.Stack())))
		}
	}()
	fn()
}
