package socketio

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"github.com/socketio-go/socketio/metrics"
	"github.com/socketio-go/socketio/parser"
)

// ServerSideEmit sends an event to the other servers of the cluster, for what they have registered with OnServerSide in
// the namespace of that name. This server is not among them; without a cluster nobody is, and nothing happens (where
// the official server throws, so that a program needs no cluster to run). It returns an error if the event cannot be
// encoded, if its name is one of connect, connection and new_namespace, or if the cluster cannot be reached.
func (n *Namespace) ServerSideEmit(event string, args ...any) error {
	a, err := n.serverSideArgs(event, args)
	if err != nil {
		return err
	}
	return n.adapter.ServerSideEmit(event, a)
}

// ServerSideEmitWithAck does so too and waits until each of the other servers has acknowledged the event or has left
// the cluster, or ctx ends: a server without a handler for the event does not acknowledge it. It returns the answers in
// the order of their arrival, also those that came before an error. Without other servers there are none, at once.
func (n *Namespace) ServerSideEmitWithAck(ctx context.Context, event string, args ...any) ([]Args, error) {
	a, err := n.serverSideArgs(event, args)
	if err != nil {
		return nil, err
	}
	return n.adapter.ServerSideEmitWithAck(ctx, event, a)
}

// OnServerSide registers a handler for an event that another server of the cluster sends with ServerSideEmit. It has the
// form of those of a [Listener], without a *Socket. Its context ends when the server is closed. Handlers of a namespace
// run one at a time, in the order of the events and of their registration, on a goroutine of their own: one that blocks
// holds up those behind it. What waits is limited by ServerOptions.MaxUnhandledBytes: events past it are dropped. A
// panic ends that call only, and is logged. off removes the handler again.
func (n *Namespace) OnServerSide(event string, handler any) (off func()) {
	if hint, reserved := serverSideReserved[event]; reserved {
		mistake("%q is not an event that servers send: use %s", event, hint)
	}
	return n.serverSide.handlers.insert(event, handler, false, nil)
}

// serverSideReserved are the events that the official server keeps for itself, and what there is in their place.
var serverSideReserved = map[string]string{
	"connect":       "OnConnection of the namespace",
	"connection":    "OnConnection of the namespace",
	"new_namespace": "OnNewNamespace of the server",
}

func (n *Namespace) serverSideArgs(event string, args []any) (Args, error) {
	if _, reserved := serverSideReserved[event]; reserved {
		return Args{}, fmt.Errorf("%w: %q", parser.ErrReservedEvent, event)
	}
	return marshalArgs(n.server.opts.Parser, args)
}

// ServerSideEmit does nothing: there are no other servers.
func (l *Local) ServerSideEmit(string, Args) error { return nil }

// ServerSideEmitWithAck returns no answers: there are no other servers.
func (l *Local) ServerSideEmitWithAck(context.Context, string, Args) ([]Args, error) { return nil, nil }

// DeliverServerSide gives an event that another server of the cluster has emitted to the handlers of
// [Namespace.OnServerSide], and does not wait for them. If answer is not nil, the event wants an acknowledgement: answer
// is called at most once, from any goroutine.
func (l *Local) DeliverServerSide(event string, args Args, answer func(Args)) {
	n := l.namespace
	m := &Message{Args: args, Event: event, wantsAck: answer != nil, from: &remoteSender{n, answer}}
	m.weight = eventOverhead + len(event) + args.Size()
	if err := n.serverSide.reserve(m.weight, n.server.opts.MaxUnhandledBytes); err != nil {
		m.warn("socketio: event of another server dropped", err)
		return
	}
	q := &n.serverSide.queue
	q.add(func() {
		defer n.serverSide.release(m.weight)
		if n.parent != nil {
			n.parent.serverSide.handlers.dispatch(m, n.safely)
		}
		n.serverSide.handlers.dispatch(m, n.safely)
	})
	q.start()
}

// A remoteSender is where the event of another server came from.
type remoteSender struct {
	namespace *Namespace
	answer    func(Args)
}

func (r *remoteSender) Context() context.Context { return r.namespace.serverSide.context() }

func (r *remoteSender) acknowledge(m *Message, args []any) error {
	a, err := marshalArgs(r.codec(), args)
	if err != nil {
		return err
	}
	if !m.markAcked() {
		return ErrAcked
	}
	r.answer(a)
	return nil
}

func (r *remoteSender) codec() parser.Codec { return r.namespace.server.opts.Parser }

func (r *remoteSender) count(series metrics.Series) { r.namespace.server.opts.Metrics.Add(series, 1) }

func (r *remoteSender) warn(msg, event string, err error) {
	r.namespace.server.opts.Logger.Warn(msg, "event", logName(event), "error", err, "namespace", r.namespace.name)
}

// serverSide is what a namespace keeps of the events of other servers.
type serverSide struct {
	handlers Listener
	queue    serial

	mu sync.Mutex
	// Guarded by mu.
	bytes  int // of the events that wait for their handlers
	ctx    context.Context
	cancel context.CancelFunc
	closed bool
}

var (
	errServerSideFull = errors.New("socketio: MaxUnhandledBytes wait for the handlers of OnServerSide")
	errClosed         = errors.New("socketio: the server is closed")
)

// reserve counts an event that is going to wait.
func (s *serverSide) reserve(weight, limit int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.closed:
		return errClosed
	case s.bytes > 0 && s.bytes+weight > limit:
		return errServerSideFull
	}
	s.bytes += weight
	return nil
}

func (s *serverSide) release(weight int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bytes -= weight
}

// context is that of the handlers.
func (s *serverSide) context() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx == nil {
		s.ctx, s.cancel = context.WithCancel(context.Background())
		if s.closed {
			s.cancel()
		}
	}
	return s.ctx
}

// close drops what waits.
func (s *serverSide) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	s.queue.clear()
	if s.cancel != nil {
		s.cancel()
	}
}

// safely calls a handler that belongs to no socket; its panic ends nothing else.
func (n *Namespace) safely(fn func(*Message), m *Message) {
	n.protect(m.Event, func() { fn(m) })
}

// protect calls a function of the developer that belongs to no socket.
func (n *Namespace) protect(what string, fn func()) { n.server.protect(logName(what), n.name, fn) }
