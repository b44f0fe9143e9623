// Official servers for the Go client: one job starts a server, which runs until another job stops it. What a client can
// ask for is an event; the rest is a job, too.

import { createServer } from "node:http";
import { createServer as createSecureServer } from "node:https";
import { Server } from "socket.io";
import msgpack from "socket.io-msgpack-parser";
import { sleep } from "./lab.mjs";

const servers = new Map(); // by port

// start starts a server with these options and gives its port, which is any if none is wanted. tls is for https,
// sticky the value of a cookie as a load balancer sets it.
export async function start({ args: { options = {}, parser, port = 0, tls, sticky } }) {
  const http = tls ? createSecureServer(tls) : createServer();
  const io = new Server(http, { ...options, ...(parser === "msgpack" && { parser: msgpack }) });
  const server = { io, http, seen: [], requests: [], connections: new Set(), tries: new Map() };
  http.on("connection", (connection) => {
    server.connections.add(connection);
    connection.on("close", () => server.connections.delete(connection));
  });
  io.engine.on("headers", (_, request) => server.requests.push(describe(request)));
  if (sticky) io.engine.on("initial_headers", (headers) => (headers["set-cookie"] = sticky));
  handle(server);
  await new Promise((resolve, reject) => http.once("error", reject).listen(port, "127.0.0.1", resolve));
  server.port = http.address().port;
  servers.set(server.port, server);
  return server.port;
}

// stop closes the server and all connections, if it runs.
export async function stop({ args: { port } }) {
  const server = servers.get(port);
  if (!server) return;
  servers.delete(port);
  const closed = server.io.close();
  server.http.closeAllConnections();
  await closed;
}

// seen gives what the server has seen so far: an array for each thing.
export const seen = ({ args: { port } }) => servers.get(port).seen;

// requests gives the HTTP requests that the server has answered.
export const requests = ({ args: { port } }) => servers.get(port).requests;

// noted waits until the server has seen something n times.
export async function noted({ args: { port, what, n } }) {
  const { seen } = servers.get(port);
  while (seen.filter(([first]) => first === what).length < n) await sleep(5);
}

// tell emits an event with each of the numbers to all clients.
export function tell({ args: { port, numbers } }) {
  for (const n of numbers) servers.get(port).io.emit("n", n);
}

// closeEngine closes what is below the namespaces.
export function closeEngine({ args: { port } }) {
  servers.get(port).io.engine.close();
}

function describe({ method, url, headers }) {
  const { searchParams: query, pathname: path } = new URL(url, "http://host");
  return { method, path, transport: query.get("transport"), first: !query.has("sid"), query: Object.fromEntries(query), headers };
}

function handle(server) {
  const { io } = server;
  const connect = (socket) => connection(server, socket);
  for (const name of ["/", "/a", "/b"]) io.of(name).on("connection", connect);
  const guarded = io.of("/guarded").on("connection", connect);
  guarded.use(({ handshake: { auth } }, next) => {
    server.seen.push(["auth", auth]);
    if (auth.token === "right") return next();
    next(Object.assign(new Error("not you"), auth.token ? { data: { code: 401, why: ["wrong"] } } : {}));
  });
  io.of("/never").use(() => {}); // does not call next
}

function connection(server, socket) {
  const { io, seen, tries } = server;
  const numbers = [];
  seen.push(["connect", socket.nsp.name, socket.id, socket.recovered]);
  socket.on("disconnect", (reason) => seen.push(["disconnect", reason]));
  socket.on("id", (ack) => ack(socket.id));
  socket.on("clients", (ack) => ack(io.engine.clientsCount));
  socket.on("transport", (ack) => ack(socket.conn.transport.name));
  socket.on("handshake", (ack) => ack(socket.handshake));
  socket.on("message", (...args) => socket.send(...args));
  socket.on("echo", (...args) => {
    const ack = typeof args.at(-1) === "function" ? args.pop() : (...values) => socket.emit("echo", ...values);
    ack(...args);
  });
  socket.on("never", () => {}); // no acknowledgement
  socket.on("note", (...args) => seen.push(["note", ...args]));
  socket.on("date", (ack) => ack(new Date(0), { date: new Date(1) }));
  socket.on("ask", (event, ...args) => {
    const ack = args.pop();
    socket.timeout(10_000).emit(event, ...args, (error, ...answer) => ack(error ? String(error) : "answered", ...answer));
  });
  socket.on("n", (n, bytes) => numbers.push(bytes ? bytes.readUInt16BE() : n));
  socket.on("numbers", (ack) => ack(numbers));
  socket.on("send numbers", (total) => sendNumbers(socket, total));
  // What is acknowledged at the try that the client says, by a number.
  socket.on("stubborn", (id, needed, ack) => {
    seen.push(["try", id]);
    tries.set(id, (tries.get(id) ?? 0) + 1);
    if (tries.get(id) >= needed) ack(id, tries.get(id));
  });
  // Whose first acknowledgement is lost with the connection.
  socket.on("lost", (id, ack) => {
    seen.push(["try", id]);
    if (tries.has(id)) return ack(id);
    tries.set(id, 1);
    cut(server);
  });
  socket.on("cut", () => cut(server));
  socket.on("kick", (close) => {
    socket.emit("last words");
    socket.disconnect(close);
  });
  socket.on("kick all", (close) => socket.nsp.disconnectSockets(close));
  socket.on("close engine", () => socket.conn.close());
  socket.on("garbage", () => socket.conn.write("garbage"));
  socket.on("compressed", (text) => socket.compress(true).emit("compressed", text));
}

// sendNumbers sends 0 to total-1, some of them as bytes, a few at a time.
async function sendNumbers(socket, total) {
  for (let n = 0; n < total; n++) {
    if (n % 50 === 7) {
      const bytes = Buffer.alloc(2);
      bytes.writeUInt16BE(n);
      socket.emit("n", -1, bytes);
    } else {
      socket.emit("n", n);
    }
    if (n % 20 === 0) await sleep(0);
  }
}

function cut({ connections }) {
  for (const connection of connections) connection.destroy();
}
