package socketio

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/socketio-go/socketio/engineio"
	"github.com/socketio-go/socketio/parser"
)

// A Server is a Socket.IO server: an http.Handler, to be mounted where its clients look for it, usually at
// "/socket.io/". Its embedded Namespace is the main one, "/". Its methods may be called from any goroutine.
type Server struct {
	*Namespace

	// Immutable.
	opts    ServerOptions
	limits  *parser.Limits
	limits3 *parser.Limits // for clients of Socket.IO 2, whose names of namespaces may have a query
	engine  *engineio.Server
	files   *clientFiles // nil: none are served

	sockets tally // whose disconnect handlers have not run, and joins that OfFunc has to decide on

	making sync.Mutex // held, before mu, while a namespace and its adapter are made, or removed

	mu sync.RWMutex // before history.mu
	// Guarded by mu. Slices are never changed in place.
	namespaces map[string]*Namespace
	parents    []*Namespace // of dynamic namespaces
	onNew      []*func(*Namespace)
	ended      bool // no children are made any more
}

// NewServer makes a server. nil options are the defaults. It panics with a sentence if an option is unusable.
func NewServer(opts *ServerOptions) *Server {
	s := &Server{opts: opts.withDefaults(), namespaces: map[string]*Namespace{}}
	s.limits = &parser.Limits{MaxBytes: int64(s.opts.MaxPayload), MaxNamespace: maxNamespaceName}
	s.limits3 = &parser.Limits{MaxBytes: s.limits.MaxBytes, MaxNamespace: maxNamespaceQuery}
	s.engine = engineio.NewServer(s.opts.engine(), func(session *engineio.Session) engineio.Handler {
		return newConn(s, session)
	})
	if !s.opts.NoClientFiles {
		s.files = newClientFiles(s.opts.ClientFiles, s.engine, s.opts.Logger)
	}
	s.Namespace = s.Of("/")
	if s.opts.Recovery != nil {
		_, _ = newPacket(s.Namespace, "probe", nil, false) // panics if the Parser cannot do it: better now than later
	}
	return s
}

// ServeHTTP serves the requests of Socket.IO clients. The path is the mux's business: the server looks only at its end,
// and only if it serves ClientFiles.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.files != nil {
		if name := clientFileName(r); name != "" {
			s.files.serve(w, r, name)
			return
		}
	}
	s.engine.ServeHTTP(w, r)
}

// Of returns the namespace of that name, and makes it if there is none: clients may connect to it from then on. A
// missing leading slash is added. It panics if the name is unusable. A dynamic namespace that exists is not removed any
// more: see [Server.OfFunc].
func (s *Server) Of(name string) *Namespace {
	name = canonicalName(name)
	if n, _ := s.existing(name, byHand); n != nil {
		return n
	}
	return s.ensure(name, nil, byHand)
}

func (s *Server) lookup(name string) *Namespace {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.namespaces[name]
}

// ConnectionCount returns the number of connections, each of which may be in several namespaces.
func (s *Server) ConnectionCount() int { return s.engine.Len() }

// Shutdown ends the server: it refuses new connections, disconnects all sockets with reason [ServerShutdown], writes
// what waits for their clients, and returns when that is done and the disconnect handlers have run. If ctx ends
// first, it drops what is left and returns the context's error. It does not close the HTTP server, and must not be
// called by a handler, which it would wait for.
func (s *Server) Shutdown(ctx context.Context) error {
	err := s.engine.Shutdown(ctx)
	if err == nil {
		select {
		case <-s.sockets.none():
		case <-ctx.Done():
			err = ctx.Err()
		}
	}
	return s.closeAdapters(err)
}

// Close is Shutdown without waiting for anything: what waits for clients is dropped.
func (s *Server) Close() error {
	return s.closeAdapters(s.engine.Close())
}

func (s *Server) closeAdapters(err error) error {
	s.mu.Lock()
	s.ended = true
	namespaces := slices.Collect(maps.Values(s.namespaces))
	for _, n := range namespaces {
		if n.parent != nil && !n.pinned.Load() {
			s.removeLocked(n)
		}
	}
	s.mu.Unlock()
	for _, n := range namespaces {
		if e := n.closeAdapter(); err == nil {
			err = e
		}
	}
	return err
}

// A tally counts. Unlike a sync.WaitGroup it may grow from zero while somebody waits.
type tally struct {
	mu sync.Mutex
	// Guarded by mu.
	n    int
	zero chan struct{} // closed when n falls to zero; nil while nobody waits
}

func (t *tally) add(delta int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n += delta
	if t.n == 0 && t.zero != nil {
		close(t.zero)
		t.zero = nil
	}
}

// none returns a channel that is closed once the count is, or has been, zero.
func (t *tally) none() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.zero == nil {
		t.zero = make(chan struct{})
	}
	zero := t.zero
	if t.n == 0 {
		close(zero)
		t.zero = nil
	}
	return zero
}
