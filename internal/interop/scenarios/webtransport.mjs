// The official server, with WebTransport. No package from npm brings QUIC without fetching a binary from elsewhere: the
// Go test does that part, and connects here by TCP once per session, of which the first stream is passed on.

import { createServer as createHTTPServer } from "node:http";
import { createServer } from "node:net";
import { once } from "node:events";
import { Duplex } from "node:stream";
import { Server } from "socket.io";

let io, http, streams;
const endings = new Map(); // id of a socket → why the server saw it end

// start gives where the server listens for HTTP, and for the streams.
export async function start() {
  http = createHTTPServer();
  io = new Server(http, { transports: ["polling", "websocket", "webtransport"], pingInterval: 100 });
  io.on("connection", connection);
  streams = createServer((stream) => io.engine.onWebTransportSession(session(stream)));
  for (const server of [http, streams]) {
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }
  return { http: http.address().port, streams: streams.address().port };
}

export async function stop() {
  await io.close();
  streams.close();
}

// ending gives the reason for which the socket that args names has ended, as soon as it has.
export async function ending({ args }) {
  while (!endings.has(args)) await new Promise((resolve) => setTimeout(resolve, 5));
  return endings.get(args);
}

// session gives what the official server needs of a WebTransport object.
function session(stream) {
  stream.setNoDelay();
  stream.on("error", () => {}); // "close" follows
  return {
    closed: new Promise((resolve) => stream.once("close", resolve)),
    close: () => stream.destroySoon(),
    incomingBidirectionalStreams: new ReadableStream({ start: (c) => c.enqueue(Duplex.toWeb(stream)) }),
  };
}

function connection(socket) {
  let pongs = 0;
  socket.conn.on("packet", ({ type }) => type === "pong" && pongs++);
  socket.on("disconnect", (reason) => endings.set(socket.id, reason));
  socket.on("echo", (...args) => socket.emit("echo", ...args));
  socket.on("ack", (...args) => args.pop()(...args));
  socket.on("ask", async (ack) => ack(await socket.emitWithAck("question", "?", Buffer.from([0, 7]))));
  socket.on("pongs", (ack) => ack(pongs));
  socket.on("transport", (ack) => ack(socket.conn.transport.name));
  socket.on("bye", () => socket.disconnect());
  socket.on("close", () => socket.conn.close());
}
