package socketio

import (
	"context"
	"errors"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/socketio-go/socketio/engineio"
)

// A Client is the client's end of a connection to one namespace of a server, ours or the official one. Its methods may
// be called from any goroutine, handlers included.
//
//	c := socketio.NewClient("http://localhost:3000", nil)
//	defer c.Close()
//	c.On("chat message", func(id, text string) { … })
//	if err := c.Connect(ctx); err != nil { … }
//	c.Emit("chat message", "room", "hello")
//
// Once connected it stays so: when the connection is lost, it is made again after a while, and handlers of events need
// not be registered again. What is emitted meanwhile waits, up to ClientOptions.MaxQueuedBytes. Of the events that the
// server sends meanwhile it gets those that a server with connection state recovery has kept.
//
// Handlers have the form that [Listener] describes. Those of one Client, OnConnect and the like included, run one at a
// time, in order, on a goroutine that exists while there is something to handle.
type Client struct {
	Emitter
	Listener

	// Immutable.
	manager   *manager
	namespace string
	tasks     serial // the handlers

	lastID   atomic.Uint64 // of an acknowledgement
	warnings atomic.Int32

	// Guarded by the manager's mutex.
	auth      any
	active    bool
	attempt   *attempt // to connect, while somebody waits for it
	visit     *visit   // nil: not even asked to be let in
	id        string
	pid       string // secret by which the state is recovered
	offset    string // id of the last event, if there is a pid
	recovered bool
	failures  int         // of Auth in a row
	rejoin    *time.Timer // after one of them
	lastError error       // what ended the last connection or attempt
	acks      pendingAcks
	waiting   []outgoing // events that wait for the connection
	retries   []*retry   // events that wait for their acknowledgement

	onConnect          hooks[func()]
	onConnectError     hooks[func(error)]
	onDisconnect       hooks[func(DisconnectReason)]
	onReconnect        hooks[func(int)]
	onReconnectAttempt hooks[func(int)]
	onReconnectError   hooks[func(error)]
	onReconnectFailed  hooks[func()]
}

// NewClient makes a client of the server at a URL such as "https://example.com": its path names the namespace, as in
// "https://example.com/admin", and its query is added to each request. It is not connected before Connect. It panics if
// the options make no sense; what is wrong with the URL Connect tells.
func NewClient(url string, opts *ClientOptions) *Client {
	m, namespace := newManager(url, opts)
	return m.client(namespace)
}

// Of returns the client of another namespace of the same server, the same one for the same name. They share one
// connection, and are connected each by its own Connect. "" is "/".
func (c *Client) Of(namespace string) *Client { return c.manager.client(namespace) }

// An attempt to connect.
type attempt struct {
	done    chan struct{} // closed when err is set
	err     error
	began   bool // with it the client became active
	waiters int  // guarded by the manager's mutex
}

// Connect connects the client, and waits for the result: nil once it is connected, also if it was before; a
// [*ConnectError] if the server refuses it, by a middleware or because it has no such namespace; else why there is no
// connection. After the latter the client goes on trying by itself, as it does when a connection is lost later, until
// Close, unless ClientOptions.NoReconnection is set or another attempt has no point, because the URL or Auth makes no
// sense or the server is too old: Active tells. ConnectTimeout bounds the time until there is a connection; a server
// may take longer to let the client in. If ctx ends first, the client stops trying, unless it was active before or
// another call of Connect waits, too.
func (c *Client) Connect(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	a, err := c.manager.connect(c)
	if a == nil {
		return err
	}
	select {
	case <-a.done:
		return a.err
	case <-ctx.Done():
		if c.manager.abandon(c, a) {
			return a.err
		}
		return context.Cause(ctx)
	}
}

// Disconnect leaves the namespace, and closes the connection if the client is in no other. What was emitted before is
// written first; what could not be is dropped. Events that wait for their handlers are dropped, too. It does not wait.
// Connect may be called again.
func (c *Client) Disconnect() { c.manager.disconnect(c) }

// Close disconnects from all namespaces of this connection, those of Of included, and waits until what was emitted is
// written, or 5 seconds have passed, and the connection is closed. It does not wait for handlers, so they may call it.
// The error is nil. Connect may be called again.
func (c *Client) Close() error {
	c.manager.close()
	return nil
}

// ID returns the id of the server's socket: a new one for each connection, unless its state was recovered. "" while
// not connected.
func (c *Client) ID() string {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	if !c.connectedLocked() {
		return ""
	}
	return c.id
}

// Namespace returns the name of the namespace.
func (c *Client) Namespace() string { return c.namespace }

// Connected reports whether the client is connected.
func (c *Client) Connected() bool {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	return c.connectedLocked()
}

func (c *Client) connectedLocked() bool { return c.visit != nil && c.visit.connected }

// Active reports whether the client is connected, or trying to be: false before Connect, after Disconnect and Close,
// and when the server has refused or disconnected the client, which stays so until Connect is called.
func (c *Client) Active() bool {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	return c.active
}

// Recovered reports whether the state of an earlier connection was recovered: the id, the rooms, and the events that
// were missed.
func (c *Client) Recovered() bool {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	return c.recovered
}

// LastError returns what ended the last connection, with more detail than OnDisconnect, or the last attempt to make
// one. nil: nothing yet.
func (c *Client) LastError() error {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	return c.lastError
}

// Context returns a context that ends when this connection to the namespace does. Its cause is then an error that is
// the DisconnectReason for [errors.As]. While not connected it has ended, with the cause ErrDisconnected.
func (c *Client) Context() context.Context {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	if c.connectedLocked() {
		return c.visit.contextLocked()
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(ErrDisconnected)
	return ctx
}

// Conn returns the Engine.IO connection, which tells the transport; nil while there is none.
func (c *Client) Conn() *engineio.Client {
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	if l := c.manager.link; l != nil {
		return l.session
	}
	return nil
}

// SetAuth replaces ClientOptions.Auth for the next connection to this namespace.
func (c *Client) SetAuth(auth any) {
	checkAuth(auth)
	c.manager.mu.Lock()
	defer c.manager.mu.Unlock()
	c.auth = auth
}

// OnConnect registers a function that is called each time the client is connected, after the handlers of the events that
// a recovered one has missed. off removes it again.
func (c *Client) OnConnect(fn func()) (off func()) {
	needed(fn != nil, "OnConnect")
	return hook(c, &c.onConnect, fn)
}

// OnConnectError registers a function that is called each time the client could not be connected: with a
// [*ConnectError] if a middleware of the server has refused it, else with what is wrong with the connection. Active
// tells whether it is tried again.
func (c *Client) OnConnectError(fn func(error)) (off func()) {
	needed(fn != nil, "OnConnectError")
	return hook(c, &c.onConnectError, fn)
}

// OnDisconnect registers a function that is called each time the client was connected and is no longer, after the
// handlers of all events that arrived before. LastError tells more than the reason. Unless the reason is
// [IOServerDisconnect] or [IOClientDisconnect], the client connects again by itself.
func (c *Client) OnDisconnect(fn func(DisconnectReason)) (off func()) {
	needed(fn != nil, "OnDisconnect")
	return hook(c, &c.onDisconnect, fn)
}

// OnReconnectAttempt registers a function that is called before each attempt to reconnect, with its number, from 1 on.
func (c *Client) OnReconnectAttempt(fn func(attempt int)) (off func()) {
	needed(fn != nil, "OnReconnectAttempt")
	return hook(c, &c.onReconnectAttempt, fn)
}

// OnReconnect registers a function that is called when an attempt to reconnect has succeeded, with its number.
// OnConnect follows when the server has let the client into the namespace.
func (c *Client) OnReconnect(fn func(attempt int)) (off func()) {
	needed(fn != nil, "OnReconnect")
	return hook(c, &c.onReconnect, fn)
}

// OnReconnectError registers a function that is called when an attempt to reconnect has failed.
func (c *Client) OnReconnectError(fn func(error)) (off func()) {
	needed(fn != nil, "OnReconnectError")
	return hook(c, &c.onReconnectError, fn)
}

// OnReconnectFailed registers a function that is called when ClientOptions.ReconnectionAttempts have failed, and the
// client gives up.
func (c *Client) OnReconnectFailed(fn func()) (off func()) {
	needed(fn != nil, "OnReconnectFailed")
	return hook(c, &c.onReconnectFailed, fn)
}

// hook adds a function to one of the client's lists.
func hook[F any](c *Client, list *hooks[F], fn F) (off func()) {
	mu := &c.manager.mu
	mu.Lock()
	defer mu.Unlock()
	entry := list.add(fn)
	return func() {
		mu.Lock()
		defer mu.Unlock()
		list.remove(entry)
	}
}

// tellLocked calls what was registered in a list, when everything before it is done.
func tellLocked[F any](c *Client, what string, list *hooks[F], call func(F)) {
	for _, fn := range list.list {
		c.doLocked(func() { c.protect(what, func() { call(*fn) }) })
	}
}

// doLocked adds a function to what the client's goroutine does.
func (c *Client) doLocked(fn func()) {
	c.tasks.add(fn)
	c.tasks.start()
}

// handle calls the handlers of one event.
func (c *Client) handle(m *Message) {
	c.dispatchAny(m, c.safely)
	c.dispatch(m, c.answerably)
}

func (c *Client) safely(fn func(*Message), m *Message) {
	defer c.contain(m.Event)
	fn(m)
}

func (c *Client) answerably(fn func(*Message), m *Message) { answerably(fn, m, c.contain) }

func (c *Client) protect(what string, fn func()) {
	defer c.contain(what)
	fn()
}

// contain logs a panic and ends it.
func (c *Client) contain(what string) {
	if v := recover(); v != nil {
		if c.warnings.Add(1) > maxWarnings { // a server does not fill the log
			c.log("socketio: handler panicked", "event", logName(what), "panic", v)
			return
		}
		c.manager.opts.Logger.Error("socketio: handler panicked", "event", logName(what), "panic", v,
			"namespace", c.namespace, "stack", string(debug.Stack()))
	}
}

func (c *Client) warn(msg, event string, err error) {
	level := slog.LevelWarn
	if c.warnings.Add(1) > maxWarnings {
		level = slog.LevelDebug
	}
	c.manager.opts.Logger.Log(context.Background(), level, msg, "event", logName(event), "error", err,
		"namespace", c.namespace)
}

func (c *Client) log(msg string, args ...any) {
	c.manager.opts.Logger.Debug(msg, append(args, "namespace", c.namespace)...)
}

// A disconnection is why a client is connected no longer, in detail.
type disconnection struct {
	reason DisconnectReason
	cause  error // may be nil
}

func (d *disconnection) Error() string {
	if d.cause == nil {
		return "socketio: " + string(d.reason)
	}
	return "socketio: " + string(d.reason) + ": " + d.cause.Error()
}

// Unwrap returns the reason and the cause.
func (d *disconnection) Unwrap() []error {
	if d.cause == nil {
		return []error{d.reason, ErrDisconnected}
	}
	return []error{d.reason, ErrDisconnected, d.cause}
}

var errOldServer = errors.New("socketio: the server does not tell a socket id: it is one of Socket.IO 2, " +
	"which this client cannot talk to")
