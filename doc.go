// Package socketio is Socket.IO for Go: a server for the official Socket.IO clients, mounted as an http.Handler, and a
// client for this server and the official one.
//
//	io := socketio.NewServer(nil)
//	io.OnConnection(func(s *socketio.Socket) {
//		s.On("join", func(room string) { s.Join("room " + room) })
//		s.On("chat message", func(room, text string) string { // the result is the acknowledgement
//			s.To("room "+room).Emit("chat message", s.ID(), text)
//			return "ok"
//		})
//	})
//	http.Handle("/socket.io/", io)
//
// The other end, with the same methods:
//
//	c := socketio.NewClient("http://localhost:3000", nil)
//	defer c.Close()
//	c.On("chat message", func(id, text string) { log.Println(id, text) })
//	if err := c.Connect(ctx); err != nil {
//		return err
//	}
//	c.Emit("join", "lobby")
//	answer, err := c.EmitWithAck(ctx, "chat message", "lobby", "hello")
//
// Both speak protocol revision 5 of Socket.IO over revision 4 of Engine.IO, by long-polling and WebSocket: that of the
// official packages since 3.0. With [ServerOptions].AllowEIO3 clients of Socket.IO 2 may connect to the server, too.
//
// # Terminology
//
// A [Socket] is the server's end of one client's connection to one [Namespace], and a [Client] is the other end; several
// may share one connection. An [Emitter] sends and a [Listener] receives, at both. An event has a name and [Args], its
// undecoded arguments; a received one is a [Message]. An acknowledgement is the answer to an event. A room is a name that
// sockets of a namespace join on the server's word.
//
// # Guides
//
// For those who come from Node.js: https://github.com/socketio-go/socketio/blob/main/docs/from-node.md
//
// The client in Go: https://github.com/socketio-go/socketio/blob/main/docs/client-go.md
//
// What a client can make grow, and what happens past that: https://github.com/socketio-go/socketio/blob/main/docs/limits.md
//
// The log and the metrics: https://github.com/socketio-go/socketio/blob/main/docs/observability.md
//
// Behind a proxy, with several servers: https://github.com/socketio-go/socketio/blob/main/docs/deploy.md
//
// # For those who come from Node.js
//
// The most common words; the guide has them all, with programs side by side.
//
//	io.on("connection", fn)               io.OnConnection(fn)
//	io.use((socket, next) => …)           io.Use(func(s *Socket) error)
//	io.of("/admin")                       io.Of("/admin")
//	io.of(/^\/room-\d+$/)                 io.OfRegexp(regexp.MustCompile(`^/room-\d+$`))
//	io.of((name, auth, next) => …)        io.OfFunc(func(ctx, name, handshake) (bool, error))
//	io.on("new_namespace", fn)            io.OnNewNamespace(fn)
//	socket.on("event", fn)                s.On("event", fn), or io.Handle("event", fn) for all sockets
//	socket.onAny(fn), prependAny(fn)      s.OnAny(fn), s.PrependAny(fn); the same with Outgoing
//	socket.off("event", fn)               what On, OnAny and so on have returned; s.Off("event") for all
//	socket.conn.transport.name            s.Conn().Transport()
//	socket.on("disconnect", fn)           s.OnDisconnect(fn), s.OnDisconnecting(fn)
//	callback(value)                       the handler's result, or a func parameter
//	socket.emit("event", a, b)            s.Emit("event", a, b)
//	await socket.emitWithAck("event")     s.EmitWithAck(ctx, "event")
//	interface ServerToClientEvents {…}    const Chat socketio.Event[Msg] = "chat": Chat.On(s, fn), Chat.Emit(s, msg);
//	                                      socketio.Call[Req, Res] with an acknowledgement
//	socket.timeout(5000).emitWithAck(…)   s.Timeout(5*time.Second).EmitWithAck(ctx, …)
//	socket.volatile.emit(…)               s.Volatile().Emit(…)
//	socket.to("room").emit(…)             s.To("room").Emit(…)
//	socket.broadcast.emit(…)              s.Broadcast().Emit(…)
//	io.to("a").except("b").emit(…)        io.To("a").Except("b").Emit(…)
//	await io.in("room").fetchSockets()    io.In("room").FetchSockets(ctx)
//	io.serverSideEmit("event", a)         io.ServerSideEmit("event", a), ServerSideEmitWithAck(ctx, …)
//	io.on("event", fn)                    io.OnServerSide("event", fn), for what other servers emit
//	io.of("/").adapter.on("join-room", …) io.OnJoinRoom(fn), OnLeaveRoom, OnCreateRoom, OnDeleteRoom
//	io.of("/").adapter.rooms              io.Rooms(); io.RoomSize("room")
//	socket.data.user = u                  s.SetData(u)
//	io.close()                            io.Shutdown(ctx)
//
// Of the client, beside those that it shares with the server's sockets:
//
//	io("https://host/admin", opts)        c := NewClient("https://host/admin", &ClientOptions{…}), not connected yet
//	socket.connect()                      c.Connect(ctx), with its result
//	socket.disconnect()                   c.Disconnect(), or c.Close() of all namespaces, which also waits
//	manager.socket("/news")               c.Of("/news")
//	socket.on("connect", fn)              c.OnConnect(fn)
//	socket.on("connect_error", fn)        c.OnConnectError(fn), told a *ConnectError if a middleware has refused
//	socket.on("disconnect", fn)           c.OnDisconnect(fn); c.LastError() has the details
//	socket.io.on("reconnect", fn)         c.OnReconnect(fn); OnReconnectAttempt, OnReconnectError, OnReconnectFailed
//	socket.active, recovered, id          c.Active(), c.Recovered(), c.ID()
//	socket.auth = { token }               c.SetAuth(v), or a func in ClientOptions.Auth, asked each time
//	socket.io.engine                      c.Conn()
//	{ retries: 3, ackTimeout: 5000 }      ClientOptions{Retries: 3, AckTimeout: 5 * time.Second}
//
// What is different on purpose: pages of other origins may not connect, by WebSocket either, unless Origins lists
// them; what waits for a client that does not read, and everything else that a client makes grow, has a limit (see
// [ServerOptions]); handlers of different sockets run in parallel; a client sees the text of an error only if it is a
// [ConnectError] or an [AckError]; dynamic namespaces are removed when their last client has left; acknowledgement ids
// are exact 64-bit numbers; every disconnection has its true reason.
//
// # Mounting
//
// The server does not look at the path of a request: the mux decides. Clients ask for "/socket.io/", or for what their
// option path says; those with addTrailingSlash: false ask for "/socket.io", which is another pattern. The pattern has no
// method: requests are GET, POST and OPTIONS. Middlewares of net/http work in front of it on both transports, as long as
// an http.ResponseWriter of their own has an Unwrap method; what they put into the request's context is in
// [Socket.Context]. Give the http.Server a ReadHeaderTimeout, as any server on the internet should have; its
// ReadTimeout and WriteTimeout do not end polls. The server also serves the browser client, which is built in, at
// "/socket.io/socket.io.min.js" and the like: see [ServerOptions].ClientFiles.
//
// # Looking inside
//
// A panic of a handler or of OnConnection ends that call only, and is logged; nothing else is unless
// [ServerOptions].Logger is set, or [ClientOptions].Logger. At level Warn it tells of events whose arguments do not fit their handler and of the
// first page that is refused because Origins does not list it, at Debug of all requests that are refused.
//
// # Ownership
//
// All exported methods may be called from any goroutine. A connection has one goroutine, its reader, and none besides
// while nothing happens. The reader decodes packets and completes acknowledgements itself; events wait for their
// handlers in a queue of their socket. Handlers of one socket run one at a time, in order, on a goroutine that exists
// while there is something to handle: they may block, even to wait for an acknowledgement of the same socket, and hold
// up nobody else. Emit never blocks: what the kernel does not take is queued, up to a limit.
//
// The same holds for a client: its connection has one goroutine, and handlers of each namespace run one at a time on
// another, while there is something to handle. Long-polling takes those of net/http, too. An idle client on WebSocket
// takes about 8 KiB. [Client.Close] leaves nothing of the connection.
//
// The protocol: https://github.com/socketio/socket.io/tree/main/docs/socket.io-protocol
package socketio
