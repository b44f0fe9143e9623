// Package engineio implements Engine.IO, the layer below Socket.IO that carries messages over HTTP long-polling and
// WebSocket and moves a session from the first to the second: the server side of protocol revision 4 and, with
// [Options].AllowEIO3, of revision 3, and the client side of revision 4.
//
// # Terminology
//
// A session is one Engine.IO connection, whatever transport carries it; its id is the sid. A packet is one of open,
// close, ping, pong, message, upgrade and noop; a payload is several packets in one polling body. A message is the
// packet that carries the application's text or bytes. A session's queue holds the packets that wait to be written:
// there is one per session, so order holds across the upgrade.
//
// # Use
//
//	srv := engineio.NewServer(nil, func(s *engineio.Session) engineio.Handler { return &echo{s} })
//	http.Handle("/engine.io/", srv)
//
//	client, err := engineio.Dial(ctx, "http://localhost:3000/engine.io/", nil, func(c *engineio.Client) engineio.Handler {
//		return &printer{c}
//	})
//
// A Server never looks at the request's path: the mux that it is mounted on decides.
//
// # Ownership
//
// Messages of one session are handed to its Handler one at a time and in order, by the goroutine that reads its
// WebSocket or serves its POST request; the Handler may block, which stops reading from that client and nobody else.
// Send may be called from any goroutine and never blocks. An idle WebSocket session owns one goroutine and no timer:
// heartbeats of all sessions share three.
//
// The same holds for a Client and its Handler; its reader is the goroutine that polls, or that reads its WebSocket. An
// idle client on a WebSocket owns that goroutine and a timer.
//
// The protocol: https://github.com/socketio/socket.io/tree/main/docs/engine.io-protocol
package engineio
