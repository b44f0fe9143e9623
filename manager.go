package socketio

import (
	"context"
	"errors"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/parser"
)

// A manager keeps one connection for the clients of a server's namespaces: it makes it when the first of them wants to
// be connected, again after it was lost, and closes it when the last one has left.
type manager struct {
	// Immutable.
	opts   ClientOptions
	url    string // for Engine.IO
	urlErr error  // there is none

	unhandled unhandled // of all connections

	mu sync.Mutex // of its clients, too; before that of a serial and those of engineio
	// Guarded by mu.
	clients      map[string]*Client // by namespace
	state        managerState
	link         *link             // the connection, if it is open
	closing      []<-chan struct{} // attempts and connections that are being ended, each closed when that is done
	opening      *opening          // the attempt to make one
	timer        *time.Timer       // for the next one
	attempts     int               // to reconnect, since the server let a client in
	upgraded     bool              // WebSocket has worked, see RememberUpgrade
	waitingBytes int               // of events that wait in the clients
}

type managerState uint8

const (
	managerIdle    managerState = iota
	managerOpening              // an attempt is under way
	managerOpen
	managerWaiting // for the next attempt
)

// An opening is an attempt to make a connection.
type opening struct {
	cancel context.CancelFunc
	again  bool          // to reconnect
	done   chan struct{} // closed when its goroutine is done
}

var errTimeout = errors.New("socketio: no connection within ConnectTimeout")

func newManager(address string, opts *ClientOptions) (m *manager, namespace string) {
	m = &manager{opts: opts.withDefaults(), clients: map[string]*Client{}}
	m.url, namespace, m.urlErr = m.opts.parseURL(address)
	return m, namespace
}

// client returns the client of a namespace.
func (m *manager) client(namespace string) *Client {
	if namespace == "" || namespace[0] != '/' {
		namespace = "/" + namespace
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.clients[namespace]
	if c == nil {
		c = &Client{manager: m, namespace: namespace, auth: m.opts.Auth}
		c.to = c
		c.client = true
		m.clients[namespace] = c
	}
	return c
}

// connect makes a client active. There is no attempt to wait for if it is connected already, or never can be.
func (m *manager) connect(c *Client) (*attempt, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.urlErr != nil || c.connectedLocked() {
		return nil, m.urlErr
	}
	if c.attempt == nil {
		c.attempt = &attempt{done: make(chan struct{}), began: !c.active}
	}
	a := c.attempt // it may be decided at once
	a.waiters++
	if !c.active {
		c.active = true
		switch m.state {
		case managerIdle:
			m.openLocked(false)
		case managerOpen:
			m.joinLocked(c)
		case managerOpening, managerWaiting: // its turn comes
		}
	}
	return a, nil
}

// abandon is for a caller of Connect who does not wait any longer. It reports whether the result has come all the same.
func (m *manager) abandon(c *Client, a *attempt) (decided bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c.attempt != a {
		return true
	}
	a.waiters--
	if a.began && a.waiters == 0 {
		m.disconnectLocked(c)
	}
	return false
}

// decideLocked tells the callers of Connect its result.
func (c *Client) decideLocked(err error) {
	if c.attempt != nil {
		c.attempt.err = err
		close(c.attempt.done)
		c.attempt = nil
	}
}

// openLocked begins to make a connection.
func (m *manager) openLocked(again bool) {
	ctx, cancel := context.WithTimeoutCause(context.Background(), m.opts.ConnectTimeout, errTimeout)
	o := &opening{cancel: cancel, again: again, done: make(chan struct{})}
	m.state, m.opening = managerOpening, o
	go m.open(ctx, o, m.engineOptionsLocked()) // ends with the attempt, which ctx bounds
}

func (m *manager) engineOptionsLocked() *engineio.ClientOptions {
	opts := m.opts.engine()
	if opts.HTTPClient = m.opts.HTTPClient; opts.HTTPClient == nil {
		opts.HTTPClient, opts.OwnHTTPClient = m.opts.newHTTPClient()
	}
	if m.opts.RememberUpgrade && m.upgraded && (opts.Transports == nil || slices.Contains(opts.Transports, "websocket")) {
		opts.Transports = []string{"websocket", "polling"}
		opts.TryAllTransports = true
	}
	return opts
}

// open makes a connection.
func (m *manager) open(ctx context.Context, o *opening, opts *engineio.ClientOptions) {
	defer close(o.done)
	defer o.cancel()
	var l *link
	_, err := engineio.Dial(ctx, m.url, opts, func(s *engineio.Client) engineio.Handler {
		l = &link{manager: m, session: s, patience: s.MaxSilence()}
		l.decoder = m.opts.Parser.NewDecoder(m.limits())
		return l
	})
	if err != nil && errors.Is(context.Cause(ctx), errTimeout) {
		err = errTimeout
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	switch {
	case m.opening != o: // nobody wants it any more
		if err == nil {
			m.closeLinkLocked(l)
		}
	case err != nil:
		m.failedLocked(err)
	case l.ended: // before it was begun
		m.failedLocked(&disconnection{l.reason, l.cause})
	default:
		m.openedLocked(l)
	}
}

// limits bound what the server may send.
func (m *manager) limits() *parser.Limits {
	l := &parser.Limits{MaxBytes: int64(m.opts.MaxPayload)}
	if !m.opts.Parser.Binary() {
		l.MaxAttachments = maxAttachments
	}
	return l
}

// maxAttachments is how many attachments a packet of the server may have: an official one sends any number, and its
// client takes 10 by default.
const maxAttachments = 1000

func (m *manager) openedLocked(l *link) {
	again := m.opening.again
	m.state, m.link, m.opening = managerOpen, l, nil
	m.opts.Logger.Debug("socketio: connection opened", "session", l.session.LogID(), "transport", l.session.Transport())
	for _, c := range m.activeLocked() {
		if again {
			n := m.attempts
			tellLocked(c, "reconnect", &c.onReconnect, func(fn func(int)) { fn(n) })
		}
		m.joinLocked(c)
	}
}

// failedLocked is the end of an attempt to make a connection.
func (m *manager) failedLocked(err error) {
	again := m.opening.again
	m.state, m.opening = managerIdle, nil
	m.opts.Logger.Debug("socketio: no connection", "error", err)
	for _, c := range m.activeLocked() {
		if m.opts.NoReconnection {
			c.stopLocked()
		}
		c.failLocked(err)
		if again {
			tellLocked(c, "reconnect_error", &c.onReconnectError, func(fn func(error)) { fn(err) })
		}
	}
	m.reconnectLocked()
}

// failLocked tells that the client could not be connected.
func (c *Client) failLocked(err error) {
	c.lastError = err
	tellLocked(c, "connect_error", &c.onConnectError, func(fn func(error)) { fn(err) })
	c.decideLocked(err)
}

// reconnectLocked sees to it that there will be another attempt, if somebody wants it.
func (m *manager) reconnectLocked() {
	active := m.activeLocked()
	if len(active) == 0 {
		return
	}
	if most := m.opts.ReconnectionAttempts; most > 0 && m.attempts >= most {
		m.attempts = 0
		for _, c := range active {
			c.stopLocked()
			tellLocked(c, "reconnect_failed", &c.onReconnectFailed, func(fn func()) { fn() })
		}
		return
	}
	delay := m.opts.backoff(m.attempts)
	if m.attempts < math.MaxInt {
		m.attempts++
	}
	m.state = managerWaiting
	m.opts.Logger.Debug("socketio: reconnecting", "attempt", m.attempts, "delay", delay)
	var timer *time.Timer
	timer = time.AfterFunc(delay, func() {
		m.mu.Lock()
		defer m.mu.Unlock()
		if m.timer == timer && m.state == managerWaiting {
			m.againLocked()
		}
	})
	m.timer = timer
}

// againLocked begins an attempt to reconnect.
func (m *manager) againLocked() {
	m.timer = nil
	n := m.attempts
	for _, c := range m.activeLocked() {
		tellLocked(c, "reconnect_attempt", &c.onReconnectAttempt, func(fn func(int)) { fn(n) })
	}
	m.openLocked(true)
}

// activeLocked lists the clients that are, or want to be, connected, in a stable order.
func (m *manager) activeLocked() (list []*Client) {
	for _, name := range slices.Sorted(maps.Keys(m.clients)) {
		if c := m.clients[name]; c.active {
			list = append(list, c)
		}
	}
	return list
}

// closed is the end of a connection that we have not closed ourselves.
func (m *manager) closed(l *link, reason DisconnectReason, cause error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	l.ended, l.reason, l.cause = true, reason, cause
	if m.link != l {
		return // we have, or it is not the manager's yet
	}
	m.state, m.link = managerIdle, nil
	m.upgraded = l.session.Transport() == "websocket"
	why := &disconnection{reason, cause}
	m.opts.Logger.Debug("socketio: connection lost", "session", l.session.LogID(), "error", why)
	for _, c := range m.activeLocked() {
		connected := c.connectedLocked()
		c.leaveLocked(reason, cause)
		if m.opts.NoReconnection {
			c.stopLocked()
		}
		if !connected {
			c.failLocked(why)
		}
	}
	m.reconnectLocked()
}

// disconnect leaves a namespace on the user's word.
func (m *manager) disconnect(c *Client) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.disconnectLocked(c)
}

func (m *manager) disconnectLocked(c *Client) {
	switch v := c.visit; {
	case v == nil:
	case v.connected:
		v.dropped = true
		_ = v.link.session.Send(0, frame(m.opts.Parser, m.opts.Parser.AppendDisconnect(newBuffer(), c.namespace)))
	case v.asked:
		v.link.oweLocked(c.namespace)
	}
	c.leaveLocked(IOClientDisconnect, nil)
	c.stopLocked()
	c.decideLocked(ErrDisconnected)
	m.idleLocked()
}

// stopLocked gives up on a client: it stays disconnected until Connect is called, and what waits has no hope.
func (c *Client) stopLocked() {
	c.active = false
	if c.rejoin != nil {
		c.rejoin.Stop()
		c.rejoin = nil
	}
	c.dropWaitingLocked()
}

// idleLocked closes the connection if nobody uses it.
func (m *manager) idleLocked() {
	if len(m.activeLocked()) > 0 {
		return
	}
	m.state, m.attempts = managerIdle, 0
	if m.opening != nil {
		m.opening.cancel()
		m.awaitLocked(m.opening.done)
		m.opening = nil
	}
	if m.timer != nil {
		m.timer.Stop()
		m.timer = nil
	}
	if l := m.link; l != nil {
		m.link = nil
		m.upgraded = l.session.Transport() == "websocket"
		m.closeLinkLocked(l)
	}
}

// closeLinkLocked closes a connection, and remembers it until that is done.
func (m *manager) closeLinkLocked(l *link) {
	m.awaitLocked(l.session.Done())
	go l.session.Close() // ends once the link knows, which takes the lock
}

// awaitLocked remembers what Close waits for.
func (m *manager) awaitLocked(done <-chan struct{}) {
	m.closing = append(slices.DeleteFunc(m.closing, isClosed), done)
}

func isClosed(done <-chan struct{}) bool {
	select {
	case <-done:
		return true
	default:
		return false
	}
}

// close leaves all namespaces, and waits until nothing is left of the connection, and of those before.
func (m *manager) close() {
	m.mu.Lock()
	for _, c := range m.clients {
		m.disconnectLocked(c)
	}
	m.mu.Unlock()
	for range 2 { // an attempt that ends may have made a connection
		m.mu.Lock()
		closing := slices.Clone(m.closing)
		m.mu.Unlock()
		for _, done := range closing {
			<-done
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closing = slices.DeleteFunc(m.closing, isClosed)
}

// visitor returns the visit of a namespace by a connection; nil: there is none.
func (m *manager) visitor(l *link, namespace string) *visit {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.clients[namespace]
	if c == nil || c.visit == nil || c.visit.link != l || l.owed[namespace] {
		return nil
	}
	return c.visit
}
