package socketio

import (
	"context"
	"maps"
	"slices"
	"sync"
)

var _ Adapter = (*family)(nil)

// members lists the children, or the namespace itself if it is no parent.
func (n *Namespace) members() []*Namespace {
	if n.family == nil {
		return []*Namespace{n}
	}
	n.server.mu.RLock()
	defer n.server.mu.RUnlock()
	return slices.Collect(maps.Keys(n.family.children))
}

// each does something with all children, and returns the first error. That of a child which is removed meanwhile, and
// has no sockets any more, is none.
func (f *family) each(do func(*Namespace) error) (err error) {
	for _, child := range f.parent.members() {
		if e := do(child); e != nil && err == nil && f.has(child) {
			err = e
		}
	}
	return err
}

// has reports whether a child has not been removed.
func (f *family) has(child *Namespace) bool { return f.parent.server.lookup(child.name) == child }

// Broadcast sends a packet to the children's sockets.
func (f *family) Broadcast(p *Packet, to Target) error {
	return f.each(func(child *Namespace) error {
		own, err := p.encodeFor(child)
		if err != nil {
			return err
		}
		return child.adapter.Broadcast(own, to)
	})
}

// BroadcastWithAck sends a packet to the children's sockets, and collects their answers.
func (f *family) BroadcastWithAck(
	ctx context.Context, p *Packet, to Target, answer func(Args, error),
) (asked int, err error) {
	err = f.each(func(child *Namespace) error {
		own, err := p.encodeFor(child)
		if err != nil {
			return err
		}
		n, err := child.adapter.BroadcastWithAck(ctx, own, to, answer)
		asked += n
		return err
	})
	return asked, err
}

// FetchSockets lists the children's sockets.
func (f *family) FetchSockets(ctx context.Context, to Target) (list []*RemoteSocket, err error) {
	err = f.each(func(child *Namespace) error {
		sockets, err := child.adapter.FetchSockets(ctx, to)
		list = append(list, sockets...)
		return err
	})
	return list, err
}

// SocketsJoin makes the children's sockets join rooms, of their own namespaces.
func (f *family) SocketsJoin(to Target, rooms []string) error {
	return f.each(func(child *Namespace) error { return child.adapter.SocketsJoin(to, rooms) })
}

// SocketsLeave makes the children's sockets leave rooms.
func (f *family) SocketsLeave(to Target, rooms []string) error {
	return f.each(func(child *Namespace) error { return child.adapter.SocketsLeave(to, rooms) })
}

// DisconnectSockets disconnects the children's sockets.
func (f *family) DisconnectSockets(to Target, closeConn bool) error {
	return f.each(func(child *Namespace) error { return child.adapter.DisconnectSockets(to, closeConn) })
}

// ServerSideEmit sends an event to the other servers, in the name of each child.
func (f *family) ServerSideEmit(event string, args Args) error {
	return f.each(func(child *Namespace) error { return child.adapter.ServerSideEmit(event, args) })
}

// ServerSideEmitWithAck does so too, and collects the answers. It asks in the name of all children at once: one that is
// not answered does not take the time of the others.
func (f *family) ServerSideEmitWithAck(ctx context.Context, event string, args Args) (answers []Args, err error) {
	var mu sync.Mutex // guards answers and err
	var wg sync.WaitGroup
	for _, child := range f.parent.members() {
		wg.Go(func() { // ends when the adapter has the answers, or with ctx
			own, e := child.adapter.ServerSideEmitWithAck(ctx, event, args)
			mu.Lock()
			defer mu.Unlock()
			answers = append(answers, own...)
			if e != nil && err == nil && f.has(child) {
				err = e
			}
		})
	}
	wg.Wait()
	return answers, err
}

// Close does nothing: the children's adapters are closed with them.
func (f *family) Close() error { return nil }
