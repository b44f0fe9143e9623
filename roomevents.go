package socketio

import (
	"slices"
	"sync"
	"sync/atomic"
)

// OnCreateRoom registers a function that is called when the first socket of this server joins a room, before those of
// OnJoinRoom. The room of each socket's own id, which it joins when it connects, is one as any other.
//
// The functions of OnCreateRoom, OnJoinRoom, OnLeaveRoom and OnDeleteRoom are told of real changes only: joining twice
// is one. They are called one at a time and in the order of the changes, whichever goroutines made them: by the
// goroutine that has made one, behind its locks and before Join, Leave and so on return, unless another goroutine is
// calling functions at that moment, which then goes on with this one. So they may call any method, and should not
// block. What they find may be newer than what they are told. A panic is logged. off removes the function again.
//
// Those of a parent of dynamic namespaces are told of all its children's rooms, before the child's own are.
func (n *Namespace) OnCreateRoom(fn func(room string)) (off func()) {
	needed(fn != nil, "OnCreateRoom")
	return n.local.events.on(roomCreated, func(room, _ string) { fn(room) })
}

// OnDeleteRoom registers a function that is called when the last socket of this server has left a room, after those of
// OnLeaveRoom. See OnCreateRoom.
func (n *Namespace) OnDeleteRoom(fn func(room string)) (off func()) {
	needed(fn != nil, "OnDeleteRoom")
	return n.local.events.on(roomDeleted, func(room, _ string) { fn(room) })
}

// OnJoinRoom registers a function that is called when a socket of this server has joined a room, with the id of the
// socket. See OnCreateRoom.
func (n *Namespace) OnJoinRoom(fn func(room, id string)) (off func()) {
	needed(fn != nil, "OnJoinRoom")
	return n.local.events.on(roomJoined, fn)
}

// OnLeaveRoom registers a function that is called when a socket of this server has left a room, also by disconnecting,
// with the id of the socket. See OnCreateRoom.
func (n *Namespace) OnLeaveRoom(fn func(room, id string)) (off func()) {
	needed(fn != nil, "OnLeaveRoom")
	return n.local.events.on(roomLeft, fn)
}

type roomEvent uint8

const (
	roomCreated roomEvent = iota
	roomJoined
	roomLeft
	roomDeleted
	roomEventKinds
)

// roomEvents tells of the changes of a Local. They are queued under its lock, so that their order is that of the
// changes, and told behind it.
type roomEvents struct {
	listeners atomic.Int32 // 0: nothing is queued
	queue     serial

	mu sync.Mutex
	// Guarded by mu. Slices are never changed in place.
	fns [roomEventKinds][]*func(room, id string)
}

func (e *roomEvents) on(kind roomEvent, fn func(room, id string)) (off func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.fns[kind] = append(slices.Clip(e.fns[kind]), &fn)
	e.listeners.Add(1)
	return func() {
		e.mu.Lock()
		defer e.mu.Unlock()
		if i := slices.Index(e.fns[kind], &fn); i >= 0 {
			e.fns[kind] = slices.Concat(e.fns[kind][:i], e.fns[kind][i+1:])
			e.listeners.Add(-1)
		}
	}
}

func (e *roomEvents) registered(kind roomEvent) []*func(room, id string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.fns[kind]
}

// queueLocked queues an event.
func (l *Local) queueLocked(kind roomEvent, room, id string) {
	l.eventQueue().add(func() {
		for _, fn := range slices.Concat(l.inherited(kind), l.events.registered(kind)) {
			l.namespace.protect("room event", func() { (*fn)(room, id) })
		}
	})
}

// inherited lists what is registered at the parent of dynamic namespaces.
func (l *Local) inherited(kind roomEvent) []*func(room, id string) {
	if l.namespace.parent == nil {
		return nil
	}
	return l.namespace.parent.local.events.registered(kind)
}

// eventQueue is one for all children of a parent, whose functions, too, are called one at a time.
func (l *Local) eventQueue() *serial {
	if p := l.namespace.parent; p != nil {
		return &p.local.events.queue
	}
	return &l.events.queue
}

// listenedTo reports whether somebody wants to be told.
func (l *Local) listenedTo() bool {
	if p := l.namespace.parent; p != nil && p.local.events.listeners.Load() > 0 {
		return true
	}
	return l.events.listeners.Load() > 0
}

// joinedLocked says that a socket has joined a room.
func (l *Local) joinedLocked(s *Socket, room string) {
	if !l.listenedTo() {
		return
	}
	if l.sizeLocked(room) == 1 {
		l.queueLocked(roomCreated, room, "")
	}
	l.queueLocked(roomJoined, room, s.id)
}

// leftLocked says that a socket has left a room.
func (l *Local) leftLocked(s *Socket, room string) {
	if !l.listenedTo() {
		return
	}
	l.queueLocked(roomLeft, room, s.id)
	if l.sizeLocked(room) == 0 {
		l.queueLocked(roomDeleted, room, "")
	}
}

// sizeLocked returns how many sockets are in a room, the one whose own it is included.
func (l *Local) sizeLocked(room string) int {
	n := len(l.rooms[room])
	if s := l.sockets[room]; s != nil && !s.noOwn {
		n++
	}
	return n
}

// tell calls the functions for what add, remove, join and leave have queued. No lock may be held.
func (l *Local) tell() { l.eventQueue().run() }
