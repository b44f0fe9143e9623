package socketio

import (
	"net/url"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/socketio-go/socketio/parser"
)

// This file is what clients of Socket.IO 2 do in another way (Socket.IO protocol, revision 4): they are in the main
// namespace without asking, say in a query of the namespace's name what others say in auth, and know their sockets by
// the id of the connection.

// eio3 reports whether the client speaks Engine.IO 3, and so Socket.IO 2.
func (c *conn) eio3() bool { return c.session.Protocol() == 3 }

// eio3ID is the id that the client gives to its socket.
func eio3ID(c *conn, n *Namespace) string {
	if n.name == "/" {
		return c.session.ID()
	}
	return n.name + "#" + c.session.ID()
}

// maxNamespaceQuery is how long the name of a namespace may be together with its query.
const maxNamespaceQuery = 16 << 10

// splitQuery takes the query from the name of a packet's namespace and makes it the auth object of a CONNECT. It fails
// if the name is too long.
func splitQuery(p *parser.Packet) bool {
	name, raw, _ := strings.Cut(p.Namespace, "?")
	p.Namespace = name
	if p.Type == parser.Connect {
		p.Data = queryObject(raw)
	}
	return len(name) <= maxNamespaceName
}

// queryObject makes a JSON object of a query: of each name the last value, in the order in which the names appear. It
// returns nil if there is none.
func queryObject(raw string) []byte {
	values, _ := url.ParseQuery(raw) // what makes no sense is left out
	object := []byte{'{'}
	for pair := range strings.SplitSeq(raw, "&") {
		escaped, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(escaped)
		v := values[name]
		if err != nil || len(v) == 0 {
			continue
		}
		delete(values, name)
		object, _ = jsontext.AppendQuote(object, name) // an error is about UTF-8 that was replaced
		object, _ = jsontext.AppendQuote(append(object, ':'), v[len(v)-1])
		object = append(object, ',')
	}
	if len(object) == 1 {
		return nil
	}
	object[len(object)-1] = '}'
	return object
}

// middlewareRefusal is refusal for a client that a middleware has refused. One of Socket.IO 2 gets the data, or else the
// message, instead of both.
func (c *conn) middlewareRefusal(namespace string, body errorBody) []byte {
	if !c.eio3() {
		return c.refusal(namespace, body)
	}
	var payload any = body.Message
	if body.Data != nil {
		payload = body.Data
	}
	return c.refusalOf(namespace, payload, body.Message)
}
