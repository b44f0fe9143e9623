package socketio

import (
	"context"
	"slices"
	"sync"
)

// Local is the [Adapter] of a single server: it knows the sockets of a namespace and their rooms. Its methods may be
// called from any goroutine.
type Local struct {
	namespace *Namespace // immutable
	events    roomEvents // add, remove, join and leave queue some; who calls them calls tell then

	mu sync.RWMutex
	// Guarded by mu, as are the rooms and noOwn fields of the sockets.
	sockets map[string]*Socket // connected ones, by id
	rooms   map[string]map[*Socket]struct{}
}

var _ Adapter = (*Local)(nil)

func newLocal(n *Namespace) *Local {
	return &Local{namespace: n, sockets: map[string]*Socket{}, rooms: map[string]map[*Socket]struct{}{}}
}

// Namespace returns the namespace whose sockets these are.
func (l *Local) Namespace() *Namespace { return l.namespace }

// add makes a socket visible, and connected. It returns false if the socket has disconnected before.
//
// The room of a socket's id is no entry of rooms, because most sockets are in no other: sockets by id serve for it.
func (l *Local) add(s *Socket) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if !s.markConnected() {
		return false
	}
	l.sockets[s.id] = s
	if !s.noOwn {
		l.joinedLocked(s, s.id)
	}
	return true
}

// remove forgets a socket, and returns the rooms that it was in.
func (l *Local) remove(s *Socket) []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	rooms := s.roomsLocked()
	if l.sockets[s.id] == s { // it was connected
		l.leaveOwnLocked(s)
		delete(l.sockets, s.id)
	}
	for _, room := range s.rooms {
		l.dropLocked(s, room)
	}
	s.rooms, s.noOwn = nil, true
	return rooms
}

func (s *Socket) roomsLocked() []string {
	rooms := make([]string, 0, 1+len(s.rooms))
	if !s.noOwn {
		rooms = append(rooms, s.id)
	}
	return append(rooms, s.rooms...)
}

func (l *Local) roomsOf(s *Socket) []string {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return s.roomsLocked()
}

func (l *Local) join(s *Socket, rooms []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if s.isGone() {
		return // remove has been, or will be, called once
	}
	for _, room := range rooms {
		if room == s.id {
			l.joinOwnLocked(s)
			continue
		}
		members := l.rooms[room]
		if _, in := members[s]; in {
			continue
		}
		if members == nil {
			members = map[*Socket]struct{}{}
			l.rooms[room] = members
		}
		members[s] = struct{}{}
		s.rooms = append(s.rooms, room)
		l.joinedLocked(s, room)
	}
}

// joinOwnLocked makes a socket join the room of its own id, where it is as long as it has not left it. That room exists
// as soon as the socket is connected.
func (l *Local) joinOwnLocked(s *Socket) {
	back := s.noOwn && l.sockets[s.id] == s
	s.noOwn = false
	if back {
		l.joinedLocked(s, s.id)
	}
}

func (l *Local) leaveOwnLocked(s *Socket) {
	left := !s.noOwn && l.sockets[s.id] == s
	s.noOwn = true
	if left {
		l.leftLocked(s, s.id)
	}
}

func (l *Local) leave(s *Socket, rooms []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, room := range rooms {
		if room == s.id {
			l.leaveOwnLocked(s)
			continue
		}
		if i := slices.Index(s.rooms, room); i >= 0 {
			s.rooms = slices.Delete(s.rooms, i, i+1)
			l.dropLocked(s, room)
		}
	}
}

// dropLocked takes a socket out of a room, and forgets an empty room.
func (l *Local) dropLocked(s *Socket, room string) {
	members := l.rooms[room]
	delete(members, s)
	if len(members) == 0 {
		delete(l.rooms, room)
	}
	l.leftLocked(s, room)
}

func (l *Local) all() []*Socket { return l.find(Target{}) }

func (l *Local) byID(id string) *Socket {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.sockets[id]
}

func (l *Local) len() int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return len(l.sockets)
}

// find lists the connected sockets that a target means, each once.
func (l *Local) find(to Target) []*Socket {
	l.mu.RLock()
	defer l.mu.RUnlock()
	if len(to.Rooms) == 0 {
		list := make([]*Socket, 0, len(l.sockets))
		for _, s := range l.sockets {
			if !l.exceptLocked(s, to.Except) {
				list = append(list, s)
			}
		}
		return list
	}
	var list []*Socket
	for i, room := range to.Rooms {
		if s := l.sockets[room]; s != nil && !s.noOwn {
			list = l.appendLocked(list, s, to, i)
		}
		list = slices.Grow(list, len(l.rooms[room]))
		for s := range l.rooms[room] {
			list = l.appendLocked(list, s, to, i)
		}
	}
	return list
}

// appendLocked appends a socket of the i-th room unless it is not connected, excepted, or in an earlier room.
func (l *Local) appendLocked(list []*Socket, s *Socket, to Target, i int) []*Socket {
	if !s.Connected() || l.inAnyLocked(s, to.Rooms[:i]) || l.exceptLocked(s, to.Except) {
		return list
	}
	return append(list, s)
}

func (l *Local) exceptLocked(s *Socket, except []string) bool {
	return len(except) > 0 && l.inAnyLocked(s, except)
}

func (l *Local) inAnyLocked(s *Socket, rooms []string) bool {
	for _, room := range rooms {
		if room == s.id && !s.noOwn {
			return true
		}
		if _, in := l.rooms[room][s]; in {
			return true
		}
	}
	return false
}

// Broadcast sends a packet to the sockets of this server that are meant.
func (l *Local) Broadcast(p *Packet, to Target) error {
	if h := l.namespace.history; h != nil {
		h.publish(p, to)
		return nil
	}
	p.frame()
	for _, s := range l.find(to) {
		_ = p.sendTo(s, to) // a socket that has left, or a dropped packet, concerns nobody else
	}
	return nil
}

// BroadcastWithAck sends a packet to the sockets of this server that are meant, and collects their answers.
func (l *Local) BroadcastWithAck(
	ctx context.Context, p *Packet, to Target, answer func(Args, error),
) (asked int, err error) {
	p.frame()
	sockets := l.find(to)
	for _, s := range sockets {
		if err := s.await(p.id, answer); err != nil {
			answer(Args{}, err)
			continue
		}
		if err := p.sendTo(s, to); err != nil {
			if w := s.takeWaiter(p.id); w != nil {
				w(Args{}, sendError(err))
			}
		}
	}
	// The waiters of those who do not answer are forgotten when the caller gives up.
	context.AfterFunc(ctx, func() {
		for _, s := range sockets {
			s.forget(p.id)
		}
	})
	return len(sockets), nil
}

// FetchSockets lists the sockets of this server that are meant.
func (l *Local) FetchSockets(_ context.Context, to Target) ([]*RemoteSocket, error) {
	sockets := l.find(to)
	list := make([]*RemoteSocket, len(sockets))
	for i, s := range sockets {
		list[i] = &RemoteSocket{
			ID: s.id, Handshake: s.Handshake(), Rooms: l.roomsOf(s), Data: s.Data(), namespace: l.namespace,
		}
	}
	return list, nil
}

// SocketsJoin makes the sockets of this server that are meant join rooms.
func (l *Local) SocketsJoin(to Target, rooms []string) error {
	for _, s := range l.find(to) {
		l.join(s, rooms)
	}
	l.tell()
	return nil
}

// SocketsLeave makes the sockets of this server that are meant leave rooms.
func (l *Local) SocketsLeave(to Target, rooms []string) error {
	for _, s := range l.find(to) {
		l.leave(s, rooms)
	}
	l.tell()
	return nil
}

// DisconnectSockets disconnects the sockets of this server that are meant.
func (l *Local) DisconnectSockets(to Target, closeConn bool) error {
	for _, s := range l.find(to) {
		s.Disconnect(closeConn)
	}
	return nil
}

// Close forgets the history of connection state recovery and what waits for the handlers of OnServerSide.
func (l *Local) Close() error {
	l.namespace.serverSide.close()
	if h := l.namespace.history; h != nil {
		h.close()
	}
	return nil
}
