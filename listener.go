package socketio

import (
	"slices"
	"sync"
	"sync/atomic"

	"github.com/socketio-go/socketio/parser"
)

// A Listener holds the handlers of a socket's events. Its methods may be called from any goroutine, also from
// handlers; an event that is being dispatched goes to the handlers that were registered when it began.
//
// A handler is a function whose parameters are the event's arguments:
//
//	s.On("chat", func(room, text string) string { …; return "ok" })
//
// JSON arguments are decoded into the parameters' types; []byte, at any depth, receives binary. Missing arguments are
// zero, as undefined is in JavaScript, and further ones are ignored; a variadic parameter takes the rest. Arguments that
// do not decode are logged and the handler is skipped. Its results, if any, are the acknowledgement, if one is wanted;
// a last result of type error answers {"error":{"message":…,"data":…}} if it is not nil (see [AckError]). To answer
// later, the last parameter may be a func without results, which acknowledges with its arguments. The first parameter
// may be a context.Context, the socket's. A func(*Message) gets the event as it is.
//
// Handlers of one socket run one at a time, in the order of the events and of their registration, on a goroutine of
// their own: they may block, even to wait for an acknowledgement of the same socket (which is read as long as less than
// ServerOptions.MaxUnhandledBytes waits before it). A panic ends that call only, is logged, and answers as an
// error does that is not meant for the client.
type Listener struct {
	client bool // immutable: of a Client

	tapped atomic.Bool // OnAnyOutgoing has been called: most sockets never do that

	mu sync.Mutex
	// Guarded by mu. Slices are never changed in place, so that a dispatch can go on with the one it took.
	entries  []entry
	incoming []catchAll
	outgoing []catchAll
	last     uint64
}

type entry struct {
	id    uint64
	event string
	once  bool
	fn    func(*Message)
}

type catchAll struct {
	id uint64
	fn func(*Message)
}

// On registers a handler for an event. It panics with a sentence if the handler is not a function of the form that
// [Listener] describes, or if the name is reserved; in OnConnection that is a panic as any, which only the log tells of.
// off removes it again.
func (l *Listener) On(event string, handler any) (off func()) {
	return l.add(event, handler, false, nil)
}

// Once is On for the next event of that name only.
func (l *Listener) Once(event string, handler any) (off func()) {
	return l.add(event, handler, true, nil)
}

func (l *Listener) add(event string, handler any, once bool, first *firstParam) func() {
	if hint, ok := l.reserved()[event]; ok {
		mistake("%q is not an event that %s send: use %s", event, l.senders(), hint)
	}
	if parser.ReservedEvent(event) {
		mistake("%q is a reserved event name", event)
	}
	return l.insert(event, handler, once, first)
}

// insert adds a handler under a name that has been checked.
func (l *Listener) insert(event string, handler any, once bool, first *firstParam) func() {
	fn, err := compile(handler, first)
	if err != nil {
		mistake("handler of %q: %v", event, err)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	id := l.last
	l.entries = append(slices.Clip(l.entries), entry{id: id, event: event, once: once, fn: fn})
	return func() { l.remove(id) }
}

// reserved are the events that are none here, and what there is in their place.
func (l *Listener) reserved() map[string]string {
	if l.client {
		return clientReserved
	}
	return serverReserved
}

func (l *Listener) senders() string {
	if l.client {
		return "servers"
	}
	return "clients"
}

var serverReserved = map[string]string{
	"connect":       "OnConnection of the namespace",
	"connection":    "OnConnection of the namespace",
	"disconnect":    "OnDisconnect",
	"disconnecting": "OnDisconnecting",
	"error":         "OnError",
}

var clientReserved = map[string]string{
	"connect":       "OnConnect",
	"connect_error": "OnConnectError",
	"disconnect":    "OnDisconnect",
}

// Off removes all handlers of an event. To remove one, call what On returned.
func (l *Listener) Off(event string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.entries = slices.DeleteFunc(slices.Clone(l.entries), func(e entry) bool { return e.event == event })
}

// ListenerCount returns how many handlers of an event are registered, those of [Namespace.Handle] and OnAny aside.
func (l *Listener) ListenerCount(event string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	n := 0
	for _, e := range l.entries {
		if e.event == event {
			n++
		}
	}
	return n
}

// OnAny registers a function that sees each event received, before its handlers and whether or not it has any. off
// removes it again.
func (l *Listener) OnAny(fn func(*Message)) (off func()) {
	needed(fn != nil, "OnAny")
	return l.addAny(&l.incoming, fn, false)
}

// PrependAny is OnAny in front of what is registered already.
func (l *Listener) PrependAny(fn func(*Message)) (off func()) {
	needed(fn != nil, "PrependAny")
	return l.addAny(&l.incoming, fn, true)
}

// OnAnyOutgoing registers a function that sees each event sent to the socket, also by a broadcast, before it is
// queued. It runs on the sender's goroutine and must not block. off removes it again.
func (l *Listener) OnAnyOutgoing(fn func(*Message)) (off func()) {
	needed(fn != nil, "OnAnyOutgoing")
	return l.addOutgoing(fn, false)
}

// PrependAnyOutgoing is OnAnyOutgoing in front of what is registered already.
func (l *Listener) PrependAnyOutgoing(fn func(*Message)) (off func()) {
	needed(fn != nil, "PrependAnyOutgoing")
	return l.addOutgoing(fn, true)
}

func (l *Listener) addOutgoing(fn func(*Message), first bool) (off func()) {
	defer l.tapped.Store(true)
	return l.addAny(&l.outgoing, fn, first)
}

func (l *Listener) addAny(list *[]catchAll, fn func(*Message), first bool) (off func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last++
	c := catchAll{l.last, fn}
	if first {
		*list = slices.Insert(slices.Clone(*list), 0, c)
	} else {
		*list = append(slices.Clip(*list), c)
	}
	return func() { l.remove(c.id) }
}

// remove removes what has the id, and reports whether it was there.
func (l *Listener) remove(id uint64) (found bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, e := range l.entries {
		if e.id == id {
			l.entries = slices.Concat(l.entries[:i], l.entries[i+1:])
			return true
		}
	}
	isID := func(c catchAll) bool { return c.id == id }
	l.incoming = slices.DeleteFunc(slices.Clone(l.incoming), isID)
	l.outgoing = slices.DeleteFunc(slices.Clone(l.outgoing), isID)
	return false
}

func (l *Listener) outgoingSnapshot() []catchAll {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.outgoing
}

// dispatchAny calls what OnAny registered, by call, which contains panics.
func (l *Listener) dispatchAny(m *Message, call func(func(*Message), *Message)) {
	l.mu.Lock()
	incoming := l.incoming
	l.mu.Unlock()
	for _, c := range incoming {
		call(c.fn, m)
	}
}

// dispatch calls the handlers of the message's event in the same way.
func (l *Listener) dispatch(m *Message, call func(func(*Message), *Message)) {
	l.mu.Lock()
	entries := l.entries
	l.mu.Unlock()
	for _, e := range entries {
		if e.event == m.Event && (!e.once || l.remove(e.id)) {
			call(e.fn, m)
		}
	}
}
