package socketio

import (
	"container/list"
	"errors"
	"iter"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode/utf8"
)

// A Namespace is a part of the server that clients connect to by name, with handlers, middlewares and rooms of its
// own. Its embedded Broadcast addresses all its sockets. Its methods may be called from any goroutine.
type Namespace struct {
	Broadcast

	// Immutable.
	name    string
	server  *Server
	local   *Local
	adapter Adapter
	history *history   // nil without connection state recovery
	parent  *Namespace // of a child of OfFunc or OfRegexp; nil: it is none
	family  *family    // of what they have returned; nil: it is none

	handlers   Listener // of Handle
	serverSide serverSide
	ids        atomic.Uint64

	announced sync.WaitGroup // what OnNewNamespace registered has run
	users     atomic.Int64   // of a child: sockets, those whose handlers run after they have left included
	pinned    atomic.Bool    // a child that is never removed
	closing   sync.Once      // of the adapter
	vacant    *list.Element  // in family.vacant, and guarded as that is; nil: it is not in it

	mu sync.Mutex
	// Guarded by mu. Slices are never changed in place.
	use         []func(*Socket) error
	connections []*func(*Socket)
}

func newNamespace(server *Server, name string, parent *Namespace) *Namespace {
	n := &Namespace{name: name, server: server, parent: parent}
	n.Broadcast.namespace = n
	n.local = newLocal(n)
	n.adapter = n.local
	if r := server.opts.Recovery; r != nil {
		n.history = newHistory(n.local, r)
	}
	if server.opts.Adapter != nil {
		n.adapter = server.opts.Adapter(n.local)
		if n.adapter == nil {
			mistake("Adapter has returned nil for namespace %q: return its *Local if it needs no other", name)
		}
	}
	return n
}

// closeAdapter closes the adapter, once: Shutdown may be followed by Close.
func (n *Namespace) closeAdapter() (err error) {
	n.closing.Do(func() {
		err = errAdapterPanic
		n.protect("Adapter.Close", func() { err = n.adapter.Close() })
	})
	return err
}

var errAdapterPanic = errors.New("socketio: Adapter.Close panicked")

// Name returns the namespace's name, which begins with a slash.
func (n *Namespace) Name() string { return n.name }

// Use adds a middleware, which decides whether a client may connect. Middlewares run in the order in which they were
// added, each on the connecting socket's own goroutine: it may block. The first error refuses the client; it gets the
// message and data of a *ConnectError, and of other errors the words "internal error". A middleware may Join rooms and
// SetData; the socket is not connected yet.
func (n *Namespace) Use(mw func(*Socket) error) {
	needed(mw != nil, "Use")
	n.mu.Lock()
	defer n.mu.Unlock()
	n.use = append(slices.Clip(n.use), mw)
}

// OnConnection registers a function that is called for each socket that connects, before any of its events is
// handled: the place to register its handlers. The client hears of its connection when it returns, or after a
// millisecond: rooms are joined first, or in a middleware. off removes it again.
func (n *Namespace) OnConnection(fn func(*Socket)) (off func()) {
	needed(fn != nil, "OnConnection")
	n.mu.Lock()
	defer n.mu.Unlock()
	n.connections = append(slices.Clip(n.connections), &fn)
	return func() {
		n.mu.Lock()
		defer n.mu.Unlock()
		n.connections = slices.DeleteFunc(slices.Clone(n.connections), func(f *func(*Socket)) bool { return f == &fn })
	}
}

// Handle registers a handler for an event of all sockets of the namespace, those that are connected included. It is
// [Listener.On] for every socket at no cost per socket; the handler's first parameter may be the *Socket. It runs
// before those that were registered on the socket. off removes it again.
func (n *Namespace) Handle(event string, handler any) (off func()) {
	return n.handlers.add(event, handler, false, socketParam)
}

// Sockets iterates over the connected sockets of the namespace on this server, as they are when it begins.
func (n *Namespace) Sockets() iter.Seq[*Socket] {
	return func(yield func(*Socket) bool) {
		for _, member := range n.members() {
			for _, s := range member.local.all() {
				if !yield(s) {
					return
				}
			}
		}
	}
}

// Socket returns the connected socket of that id on this server, or nil. A socket on another server of a cluster can be
// addressed by its id, which is the name of a room.
func (n *Namespace) Socket(id string) *Socket {
	for _, member := range n.members() {
		if s := member.local.byID(id); s != nil {
			return s
		}
	}
	return nil
}

// Len returns the number of connected sockets of the namespace on this server.
func (n *Namespace) Len() (sum int) {
	for _, member := range n.members() {
		sum += member.local.len()
	}
	return sum
}

func (n *Namespace) middlewares() []func(*Socket) error {
	var inherited []func(*Socket) error
	if n.parent != nil {
		inherited = n.parent.middlewares()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	if len(inherited) == 0 {
		return n.use
	}
	return slices.Concat(inherited, n.use)
}

func (n *Namespace) connectionHandlers() []func(*Socket) {
	var list []func(*Socket)
	if n.parent != nil {
		list = n.parent.connectionHandlers()
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	list = slices.Grow(list, len(n.connections))
	for _, f := range n.connections {
		list = append(list, *f)
	}
	return list
}

// nextID makes the id of an acknowledgement: one may be awaited from many sockets, so ids are the namespace's.
func (n *Namespace) nextID() uint64 { return n.ids.Add(1) - 1 }

// canonicalName gives a namespace's name its slash.
func canonicalName(name string) string {
	if !strings.HasPrefix(name, "/") {
		name = "/" + name
	}
	if len(name) > maxNamespaceName {
		mistake("the name of a namespace has more than %d bytes", maxNamespaceName)
	}
	if strings.ContainsAny(name, ",") {
		mistake("the name of namespace %q has a comma, which the protocol uses as its end", name)
	}
	if !utf8.ValidString(name) {
		mistake("the name of namespace %q is not UTF-8, which clients send", name)
	}
	return name
}

const maxNamespaceName = 512
