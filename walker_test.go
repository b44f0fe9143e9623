package socketio_test

import (
	"slices"
	"testing/synctest"

	"github.com/go-json-experiment/json"

	"github.com/socketio-go/socketio"
	"github.com/socketio-go/socketio/internal/wiretest"
	"github.com/socketio-go/socketio/parser"
)

// A walker is one client in one namespace.
type walker struct {
	*walk
	ws        *wiretest.WS
	decoder   parser.PacketDecoder
	namespace string
	walkIDs
	offset     string
	sockets    []*socketio.Socket // its own, the last one first
	rooms      []string
	unread     []walkEvent
	seen, sent int // how many of the namespace's events were kept when the last one that it has read, or was sent, was sent
	left       int // the same, when it left
}

type walkIDs struct {
	SID string `json:"sid"`
	PID string `json:"pid"`
}

func (c *walker) open(auth any) {
	c.t.Helper()
	c.ws = c.dial().WS
	c.decoder = c.codec.NewDecoder(nil)
	b, err := c.codec.AppendConnect(nil, c.namespace, auth)
	if err != nil {
		c.t.Fatal(err)
	}
	c.send(b)
}

func (c *walker) send(packet []byte) {
	if c.codec.Binary() {
		c.ws.SendBinary(packet)
	} else {
		c.ws.Send("4" + string(packet))
	}
}

func (c *walker) packet() parser.Packet {
	c.t.Helper()
	for {
		op, data, err := c.ws.Read()
		if err != nil {
			c.t.Fatal(err)
		}
		decode := c.decoder.Binary
		if op == 1 {
			decode, data = c.decoder.Text, data[1:]
		}
		p, ok, err := decode(data)
		if err != nil {
			c.t.Fatal(err)
		}
		if ok {
			return p
		}
	}
}

func (c *walker) event() (number int) {
	c.t.Helper()
	p := c.packet()
	if p.Type != parser.Event {
		c.t.Fatalf("got %v, want an event", p.Type)
	}
	if err := p.Args.Decode(0, &number); err != nil {
		c.t.Fatal(err)
	}
	_ = p.Args.Decode(p.Args.Len()-1, &c.offset)
	return number
}

func (c *walker) expect(what string, events []walkEvent) {
	c.t.Helper()
	for _, e := range events {
		if got := c.event(); got != e.number {
			c.t.Fatalf("%s, client %s in %s: got event %d, want %v", what, c.SID, c.namespace, got, events)
		}
	}
}

func (c *walker) connected() {
	c.t.Helper()
	p := c.packet()
	if p.Type != parser.Connect || json.Unmarshal(p.Data, &c.walkIDs) != nil {
		c.t.Fatalf("got %v %s %s, want CONNECT", p.Type, p.Event, p.Data)
	}
	synctest.Wait()
	n := c.Existing(c.namespace)
	c.sockets = append([]*socketio.Socket{n.Socket(c.SID)}, c.sockets...)
	c.here = append(c.here, c)
	c.unread = nil
	slices.Sort(c.rooms)
	equal(c.t, "rooms", slices.Sorted(slices.Values(c.sockets[0].Rooms())), c.rooms)
}

func (c *walker) meant(e walkEvent) bool {
	if e.only != "" {
		return e.only == c.SID
	}
	return (e.room == "" || slices.Contains(c.rooms, e.room)) && !slices.Contains(c.rooms, e.except)
}

func (c *walker) read() {
	c.t.Helper()
	c.expect("read", c.unread)
	if len(c.unread) > 0 {
		last := c.unread[len(c.unread)-1].number
		c.seen = max(c.seen, c.sent, countUpTo(c.events[c.namespace], last))
	}
	c.unread = nil
}

func (c *walker) join() {
	room := pick(c.walk, []string{"a", "b", c.SID})
	if slices.Contains(c.rooms, room) {
		c.sockets[0].Leave(room)
		c.rooms = remove(c.rooms, room)
	} else {
		c.sockets[0].Join(room)
		c.rooms = append(c.rooms, room)
	}
}

func (c *walker) lose() {
	c.ws.Close()
	c.here, c.away = remove(c.here, c), append(c.away, c)
	c.left = len(c.events[c.namespace])
}

func (c *walker) back() {
	c.t.Helper()
	from := c.seen
	if from >= c.sent {
		from = max(from, c.left)
	}
	var missed []walkEvent
	for i, e := range c.events[c.namespace][from:] {
		if c.meant(e) {
			missed = append(missed, e)
			c.seen = from + i + 1
			c.sent = max(c.sent, c.seen)
		}
	}
	sid := c.SID
	c.open(map[string]string{"pid": c.PID, "offset": c.offset})
	c.expect("back", missed)
	c.connected()
	equal(c.t, "sid", c.SID, sid)
}
