package socketio

// Rooms returns the rooms of the namespace on this server, with the number of sockets in each. Each socket's own id is a
// room, too: give the others a prefix, as [Socket.Join] advises, to tell them apart. Of a parent of dynamic namespaces
// it returns the rooms of all children, those of the same name added up. The map is the caller's. To make it takes time
// for each socket; [Namespace.RoomSize] looks at one room only.
func (n *Namespace) Rooms() map[string]int {
	rooms := map[string]int{}
	for _, member := range n.members() {
		member.local.countRooms(rooms)
	}
	return rooms
}

// RoomSize returns how many sockets of this server are in a room, without a look at the others. 0: there is no such room.
// The sockets of a whole cluster are those that FetchSockets lists.
func (n *Namespace) RoomSize(room string) (size int) {
	for _, member := range n.members() {
		size += member.local.size(room)
	}
	return size
}

// countRooms adds the sizes of the rooms to those that are known.
func (l *Local) countRooms(sizes map[string]int) {
	l.mu.RLock()
	defer l.mu.RUnlock()
	for room, members := range l.rooms {
		sizes[room] += len(members)
	}
	for id, s := range l.sockets {
		if !s.noOwn {
			sizes[id]++
		}
	}
}

func (l *Local) size(room string) int {
	l.mu.RLock()
	defer l.mu.RUnlock()
	return l.sizeLocked(room)
}
