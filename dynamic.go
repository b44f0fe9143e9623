package socketio

import (
	"container/list"
	"context"
	"errors"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"

	"github.com/socketio-go/socketio/metrics"
)

// OfFunc makes a parent of dynamic namespaces: when a client connects to one that does not exist, match decides by its
// name, which begins with a slash, whether it shall. The first parent that wants a name, in the order in which they
// were made, gets the new namespace as its child. If none does, the client hears "Invalid namespace", or the message
// and data of the first *ConnectError; of other errors it hears nothing, and a panic is logged.
//
// match may block: only the client waits for it. Its context, which has the values of the request's, ends when the
// connection closes, and after ServerOptions.ConnectTimeout. The handshake has the auth of this connection. match is not
// called for a namespace that exists, so it decides about names; who may connect is decided in a middleware.
//
// The returned Namespace stands for all its children, those that exist included. What is registered there is theirs,
// before what is registered on a child itself, and its Broadcast methods and Sockets reach the sockets of them all,
// where each event is encoded for each child. No client can connect to itself; its name, such as "/_0", is for logs.
//
// A child lives as long as it is in use: it is removed, and its adapter closed, when the last socket has left and its
// handlers have run, or was refused; with connection state recovery, once no client can come back to it, or more than
// RecoveryOptions.MaxSessions children wait for nothing else. The next client makes another. A *Namespace that was
// removed addresses nobody: one that shall stay is made, or kept, by Of.
func (s *Server) OfFunc(match func(ctx context.Context, name string, h *Handshake) (bool, error)) *Namespace {
	needed(match != nil, "OfFunc")
	return s.addParent(&family{match: match})
}

// OfRegexp is [Server.OfFunc] for the names that a regular expression matches. It matches anywhere in the name, as in
// JavaScript, unless it is anchored: `^/room-\d+$`. Also a namespace that Of makes is its child if it matches.
func (s *Server) OfRegexp(re *regexp.Regexp) *Namespace {
	if re == nil {
		mistake("the regular expression given to OfRegexp is nil")
	}
	return s.addParent(&family{re: re})
}

// OnNewNamespace registers a function that is called for each namespace that is made from then on, by Of or for a
// client, before any client is connected to it: the place to register its handlers. off removes it again.
func (s *Server) OnNewNamespace(fn func(*Namespace)) (off func()) {
	needed(fn != nil, "OnNewNamespace")
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onNew = append(slices.Clip(s.onNew), &fn)
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.onNew = slices.DeleteFunc(slices.Clone(s.onNew), func(f *func(*Namespace)) bool { return f == &fn })
	}
}

// A family is what makes a Namespace a parent: which names its children have, and the [Adapter] that reaches their
// sockets through their own adapters.
type family struct {
	// Immutable.
	parent *Namespace
	match  func(context.Context, string, *Handshake) (bool, error) // nil: re
	re     *regexp.Regexp

	children map[*Namespace]struct{} // guarded by Server.mu
	size     atomic.Int64            // of children, for a history, which is locked after Server.mu

	mu sync.Mutex // after Server.mu
	// Guarded by mu.
	vacant list.List // of children that wait for absent clients and nothing else, the longest first
}

func (s *Server) addParent(f *family) *Namespace {
	n := &Namespace{server: s, family: f, adapter: f}
	n.Broadcast.namespace = n
	n.local = newLocal(n) // remains empty
	f.parent, f.children = n, map[*Namespace]struct{}{}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := len(s.parents); ; i++ {
		n.name = "/_" + strconv.Itoa(i)
		if s.namespaces[n.name] == nil && parentNamed(s.parents, n.name) == nil {
			break
		}
	}
	s.parents = append(slices.Clip(s.parents), n)
	return n
}

func parentNamed(parents []*Namespace, name string) *Namespace {
	for _, p := range parents {
		if p.name == name {
			return p
		}
	}
	return nil
}

// wants reports whether a namespace of that name shall be a child, or what to tell the client if it shall not.
// handshake makes what the function is given. The error is the developer's: what it does is contained.
func (f *family) wants(ctx context.Context, name string, handshake func() *Handshake) (ok bool, refusal *ConnectError) {
	if f.match == nil {
		return f.re.MatchString(name), nil
	}
	defer f.parent.server.contain("OfFunc", name)
	ok, err := f.match(ctx, name, handshake())
	if err == nil {
		return ok, nil
	}
	errors.As(err, &refusal)
	f.parent.server.opts.Logger.Debug("socketio: dynamic namespace refused", "error", err, "namespace", name)
	return false, refusal
}

// A tenure says how the one who asks for a namespace keeps it from being removed.
type tenure bool

const (
	asUser tenure = false // until release is called
	byHand tenure = true  // for good
)

// existing returns the namespace of a name, and keeps it. If there is none, parents may want it.
func (s *Server) existing(name string, t tenure) (n *Namespace, parents []*Namespace) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	n = s.namespaces[name]
	if n == nil {
		return nil, s.parents
	}
	n.keep(t)
	return n, nil
}

// keep sees to it that a child is not removed. Called with Server.mu held.
func (n *Namespace) keep(t tenure) {
	switch {
	case n.parent == nil:
	case t == byHand:
		n.pinned.Store(true)
		n.parent.family.waitsNoMore(n)
	case n.users.Add(1) == 1:
		n.parent.family.waitsNoMore(n)
	}
}

// ensure returns the namespace of a name, keeps it, and makes it, as a child of the parent if there is one, unless
// it exists. It returns nil if a user comes when the server has ended.
func (s *Server) ensure(name string, parent *Namespace, t tenure) *Namespace {
	n, onNew, made := s.makeNamespace(name, parent, t)
	if made {
		told := false
		defer func() {
			n.announced.Done()
			if !told && t == asUser { // a function has ended the goroutine, and with it the user
				n.release()
			}
		}()
		for _, fn := range onNew {
			s.protect("new namespace", name, func() { (*fn)(n) })
		}
		told = true
	}
	return n
}

func (s *Server) makeNamespace(
	name string, parent *Namespace, t tenure,
) (n *Namespace, onNew []*func(*Namespace), made bool) {
	s.making.Lock()
	defer s.making.Unlock()
	n, parents := s.existing(name, t)
	if n != nil {
		return n, nil, false
	}
	if t == byHand {
		if n = parentNamed(parents, name); n != nil {
			return n, nil, false
		}
		i := slices.IndexFunc(parents, func(p *Namespace) bool { return p.family.re != nil && p.family.re.MatchString(name) })
		if i >= 0 {
			parent = parents[i]
		}
	}
	n = newNamespace(s, name, parent)
	n.announced.Add(1)
	onNew, ok := s.enter(n, t)
	if !ok {
		_ = n.closeAdapter() // whose error Shutdown would have returned, had it waited
		return nil, nil, false
	}
	return n, onNew, true
}

// enter makes a namespace visible, and keeps it, or returns false.
func (s *Server) enter(n *Namespace, t tenure) (onNew []*func(*Namespace), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended && t == asUser {
		return nil, false
	}
	n.keep(t)
	s.namespaces[n.name] = n
	s.opts.Metrics.Add(metrics.Namespaces, 1)
	if n.parent != nil {
		n.parent.family.children[n] = struct{}{}
		n.parent.family.size.Add(1)
	}
	return s.onNew, true
}

// release is called by a user who has done with a namespace.
func (n *Namespace) release() {
	if n.parent != nil && n.users.Add(-1) == 0 && !n.pinned.Load() {
		n.server.vacate(n)
	}
}

// vacate removes a child that nobody uses any more. A new one of that name is made only when its adapter is closed.
func (s *Server) vacate(n *Namespace) {
	s.making.Lock()
	defer s.making.Unlock()
	if n = s.remove(n); n == nil {
		return
	}
	if err := n.closeAdapter(); err != nil {
		s.opts.Logger.Warn("socketio: adapter not closed", "error", err, "namespace", n.name)
	}
}

// remove removes a child unless it is in use. If it is one too many that waits for absent clients, it removes the one
// that has waited longest. It returns what it has removed.
func (s *Server) remove(n *Namespace) (removed *Namespace) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.namespaces[n.name] != n || n.users.Load() > 0 || n.pinned.Load() {
		return nil
	}
	if !n.history.awaits() {
		s.removeLocked(n)
		return n
	}
	if n = n.parent.family.wait(n, s.opts.Recovery.MaxSessions); n == nil {
		return nil
	}
	s.removeLocked(n)
	return n
}

// wait notes that a child waits for absent clients. If more than so many do, it returns the one that has waited longest.
func (f *family) wait(n *Namespace, most int) (tooLong *Namespace) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.vacant == nil {
		n.vacant = f.vacant.PushBack(n)
	}
	if f.vacant.Len() > most {
		tooLong, _ = f.vacant.Front().Value.(*Namespace)
	}
	return tooLong
}

// waitsNoMore notes that a child is in use, or was removed.
func (f *family) waitsNoMore(n *Namespace) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n.vacant != nil {
		f.vacant.Remove(n.vacant)
		n.vacant = nil
	}
}

func (s *Server) removeLocked(n *Namespace) {
	delete(s.namespaces, n.name)
	s.opts.Metrics.Add(metrics.Namespaces, -1)
	delete(n.parent.family.children, n)
	n.parent.family.size.Add(-1)
	n.parent.family.waitsNoMore(n)
}

// protect calls a function of the developer's; its panic is logged.
func (s *Server) protect(what, namespace string, fn func()) {
	defer s.contain(what, namespace)
	fn()
}

func (s *Server) contain(what, namespace string) {
	if v := recover(); v != nil {
		s.opts.Metrics.Add(metrics.HandlerPanics, 1)
		s.opts.Logger.Error("socketio: handler panicked", "event", what, "panic", v, "namespace", namespace,
			"stack", string(debug.Stack()))
	}
}
