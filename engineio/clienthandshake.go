package engineio

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio/internal/websocket"
)

// Dial opens a session with the server at the URL, whose scheme is http, https, ws or wss: complete with the path that
// the server is mounted on and a query, if it wants one ("http://localhost:3000/socket.io/?token=1"). What the protocol
// has in the query is added.
//
// open is called once, when the server has answered the handshake, and before the first message is handled; it returns
// the Handler, and may send. If it closes the client, that takes effect once it has returned. It is not called if Dial
// fails.
//
// ctx bounds the handshake only. The error is that of the URL, or a *[HandshakeError]; with TryAllTransports it may
// wrap several. nil options are the defaults. Dial panics with a sentence if an option is unusable.
func Dial(ctx context.Context, url string, opts *ClientOptions, open func(*Client) Handler) (*Client, error) {
	o := opts.withDefaults()
	if open == nil {
		mistake("the function given to Dial is nil: write one that returns the Handler of the session")
	}
	base, err := baseURL(url)
	if err != nil {
		return nil, err
	}
	c := &Client{opts: o, base: base, done: make(chan struct{})}
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.http, c.own = o.HTTPClient, o.OwnHTTPClient
	c.opts.HTTPClient = nil // it is let go of when it is not needed any more
	if c.http == nil {
		c.http, c.own = newHTTPClient()
	}
	opened := false
	defer func() {
		if !opened { // also if open panics
			c.cancel()
			c.closeIdle()
		}
	}()
	if err = c.dial(ctx, open); err != nil {
		return nil, err
	}
	opened = true
	return c, nil
}

// dial tries one transport after the other.
func (c *Client) dial(ctx context.Context, open func(*Client) Handler) error {
	var failed error
	for _, transport := range c.opts.Transports {
		handshake := c.dialPolling
		if transport == webSocket {
			handshake = c.dialWebSocket
		}
		err := handshake(ctx, open)
		if err == nil {
			return nil
		}
		if err = newHandshakeError(transport, err); failed == nil {
			failed = err
		} else {
			failed = fmt.Errorf("%w; %w", failed, err)
		}
		if !c.opts.TryAllTransports || ctx.Err() != nil {
			break
		}
	}
	return failed
}

// dialPolling opens the session by a first poll, which is answered at once.
func (c *Client) dialPolling(ctx context.Context, open func(*Client) Handler) error {
	payload, err := c.get(ctx)
	if err != nil {
		return err
	}
	r, err := newClientPayload(payload)
	if err != nil {
		return err
	}
	p, err := r.next()
	if err != nil {
		return err
	}
	upgrades, err := c.greet(p, polling)
	if err != nil {
		return err
	}
	c.polling, c.users = true, 1
	c.opening(open)
	go c.poll(&r) // ends with the session, or an upgrade
	if upgrades && !c.opts.NoUpgrade && slices.Contains(c.opts.Transports, webSocket) {
		c.startUpgrade()
	}
	return nil
}

// dialWebSocket opens the session by a WebSocket, which begins with the open packet.
func (c *Client) dialWebSocket(ctx context.Context, open func(*Client) Handler) error {
	conn, err := c.dialConn(ctx)
	if err != nil {
		return err
	}
	g := &greeting{first: make(chan firstPacket, 1), decided: make(chan struct{}), gone: make(chan struct{})}
	t := &clientWS{client: c, conn: conn, greeting: g}
	go func() { // ends with the connection
		conn.Serve(t)
		close(g.gone)
		if t.live.Load() {
			c.leave()
		}
	}()
	opened := false
	defer func() {
		if !opened { // also if open panics
			conn.CloseNow()
			close(g.decided)
			<-g.gone
		}
	}()
	var first firstPacket
	select {
	case first = <-g.first:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if err = first.err; err == nil {
		_, err = c.greet(first.packet, webSocket)
	}
	if err != nil {
		return err
	}
	c.ws, c.users = t, 1
	c.opening(open)
	opened = true
	t.live.Store(true)
	c.dropHTTP()
	close(g.decided)
	return nil
}

// dialConn opens a WebSocket.
func (c *Client) dialConn(ctx context.Context) (*websocket.ClientConn, error) {
	return websocket.Dial(ctx, c.endpoint(webSocket), &websocket.DialOptions{
		Client:       c.http,
		Header:       c.opts.Header,
		Subprotocols: c.opts.Subprotocols,
		MaxMessage:   int64(c.opts.MaxPayload),
		Deflate:      c.opts.PerMessageDeflate,
	})
}

// opening calls open, and starts the heartbeat.
func (c *Client) opening(open func(*Client) Handler) {
	c.reading.Add(1)
	handler := open(c)
	c.reading.Add(-1)
	c.mu.Lock()
	c.handler, c.opened = handler, true
	c.hearLocked()
	c.timer = time.AfterFunc(c.silence, c.tick)
	early := c.early
	c.mu.Unlock()
	if early != nil {
		c.end(early.reason, early.cause, early.how)
		return
	}
	c.log(levelDebug, "engineio: session opened", attr("transport", c.Transport()))
}

// hello is what the server says of a session (protocol, "Handshake").
type hello struct {
	SID          string   `json:"sid"`
	Upgrades     []string `json:"upgrades"`
	PingInterval float64  `json:"pingInterval"` // milliseconds, like the next
	PingTimeout  float64  `json:"pingTimeout"`
	MaxPayload   float64  `json:"maxPayload"`
}

// greet handles the first packet. It reports whether the server offers a WebSocket.
func (c *Client) greet(p packet, transport string) (upgrades bool, err error) {
	if p.typ != packetOpen {
		return false, errNoOpen
	}
	h, err := parseHello(p.data)
	if err != nil {
		return false, err
	}
	c.id = h.SID
	c.silence = time.Duration((h.PingInterval + h.PingTimeout) * float64(time.Millisecond))
	c.maxPayload = int(min(h.MaxPayload, math.MaxInt32))
	c.traceReceived(p, transport)
	return slices.Contains(h.Upgrades, webSocket), nil
}

var (
	errOpenTooLarge = fmt.Errorf("open packet of more than %d bytes", maxOpen)
	errOpenNotJSON  = errors.New("open packet that is not the JSON expected")
	errOpenSID      = fmt.Errorf("open packet without a sid of 1 to %d bytes", maxSID)
	errOpenTimes    = errors.New("open packet without a pingInterval and pingTimeout of 1 ms to 24 days")
	errOpenMax      = errors.New("open packet with a negative maxPayload")
)

// parseHello decodes and checks the content of an open packet. Its errors contain nothing of it.
func parseHello(data []byte) (h hello, err error) {
	// What timers in JavaScript can wait. A time.Duration can hold much more.
	const most = math.MaxInt32
	if len(data) > maxOpen {
		return h, errOpenTooLarge
	}
	if json.Unmarshal(data, &h) != nil {
		return h, errOpenNotJSON
	}
	switch {
	case h.SID == "" || len(h.SID) > maxSID:
		return h, errOpenSID
	case h.PingInterval < 1 || h.PingInterval > most || h.PingTimeout < 1 || h.PingTimeout > most:
		return h, errOpenTimes
	case h.MaxPayload < 0:
		return h, errOpenMax
	}
	return h, nil
}
