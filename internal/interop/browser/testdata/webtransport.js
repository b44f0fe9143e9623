// The page of TestWebTransport. Each function is a scenario, which throws if something is not as it should be. The
// address of the page has the hash of the certificate and the name of the client.

const parameters = new URLSearchParams(location.search);
const hash = Uint8Array.from(parameters.get("hash").match(/../g), (byte) => parseInt(byte, 16));

// The official client leaves promises behind that nobody handles when a session fails. Ours does not.
if (parameters.get("client") === "official") addEventListener("unhandledrejection", (e) => e.preventDefault());

const other = new Uint8Array(32); // no certificate has this hash

function dial(options, value = hash) {
  const serverCertificateHashes = [{ algorithm: "sha-256", value }];
  return io({
    forceNew: true, reconnection: false, transports: ["webtransport"],
    transportOptions: { webtransport: { serverCertificateHashes } }, ...options,
  });
}

const next = (emitter, event) => new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));

async function connect(options) {
  return connected(dial(options));
}

async function connected(socket) {
  await new Promise((resolve, reject) => socket.once("connect", resolve).once("connect_error", reject));
  return socket;
}

// plain makes bytes comparable.
const plain = (value) =>
  JSON.stringify(value, (_, v) => (v instanceof ArrayBuffer ? ["bytes", ...new Uint8Array(v)] : v));

function equal(...values) {
  const [got, want] = values.map(plain);
  if (got !== want) throw new Error(`got ${got.slice(0, 500)}, want ${want.slice(0, 500)}`);
}

const bytes = (length) => Uint8Array.from({ length }, (_, i) => i * 7 + (i >> 8)).buffer;
const text = (length) => Array.from({ length }, (_, i) => "aé你"[i % 3]).join("");

async function messages() {
  const socket = await connect();
  equal([socket.io.engine.transport.name, await socket.emitWithAck("transport")], ["webtransport", "webtransport"]);
  for (const args of [[], [1, "é", null, { a: [true] }], [bytes(3)], [{ b: bytes(1), c: [bytes(5), "d"] }, "e"]]) {
    const echo = next(socket, "echo");
    socket.emit("echo", ...args);
    equal(await echo, args);
  }
  equal(await socket.emitWithAck("ack", bytes(2)), bytes(2));
  socket.on("question", (q, b, ack) => ack([q, b, bytes(3)]));
  equal(await socket.emitWithAck("ask"), ["?", bytes(2), bytes(3)]);
  while ((await socket.emitWithAck("pongs")) < 3); // the server pings
  socket.disconnect();
}

// sizes sends what takes each of the three forms of the length, and more than fits into a chunk. It sends no empty
// bytes: they make the official server end the connection.
async function sizes() {
  const socket = await connect();
  for (const n of [100, 125, 126, 127, 128, 65535, 65536, 65537, 300_000]) {
    equal(await socket.emitWithAck("ack", bytes(n)), bytes(n));
    equal(await socket.emitWithAck("ack", text(n)), text(n));
  }
  const numbers = Array.from({ length: 100 }, (_, i) => i);
  equal(await Promise.all(numbers.map((i) => socket.emitWithAck("ack", i, bytes(1 + i * 100)))), numbers);
  socket.disconnect();
}

// upgrade sends events all the time while the transport changes. The client prefers WebTransport to WebSocket.
async function upgrade(transports) {
  const socket = dial({ transports });
  const { engine } = socket.io;
  const first = engine.transport.name;
  const upgraded = next(engine, "upgrade");
  const got = [];
  socket.on("echo", (i) => got.push(i));
  let sent = 0;
  const timer = setInterval(() => socket.emit("echo", sent++, bytes(10)), 1);
  await connected(socket);
  const [{ name }] = await upgraded;
  await socket.emitWithAck("ack", 0);
  clearInterval(timer);
  equal([first, name, await socket.emitWithAck("transport")], ["polling", "webtransport", "webtransport"]);
  equal(got, Array.from({ length: sent }, (_, i) => i));
  socket.disconnect();
}

// refused dials a server whose certificate is not the one that the page expects.
async function refused() {
  const socket = dial({}, other);
  const [error] = await next(socket, "connect_error");
  equal([error.message, error.type], ["webtransport error", "TransportError"]);
  const transports = ["webtransport", "polling"];
  const second = dial({ transports, tryAllTransports: true, upgrade: false }, other);
  await next(second, "connect");
  equal(second.io.engine.transport.name, "polling");
  second.disconnect();
}

// early ends connections at once, and in the moment in which they are made.
async function early() {
  dial().disconnect();
  const socket = dial();
  await next(socket.io.engine, "open");
  socket.disconnect();
}

// ending gives the socket's id, and the reason for which it ends when the server does what the event asks, or end().
async function ending(end) {
  const socket = await connect();
  const { id } = socket;
  const ended = next(socket, "disconnect");
  if (typeof end === "string") socket.emit(end);
  else end(socket);
  return { id, reason: (await ended)[0] };
}

// hold makes a connection that the test cuts, and lost gives what ending would, when there is another one.
let held;

async function hold() {
  const socket = await connect({ reconnection: true, reconnectionDelay: 10 });
  const { id } = socket;
  held = Promise.all([next(socket, "disconnect"), next(socket, "connect")]).then(async ([[reason]]) => {
    equal(await socket.emitWithAck("ack", bytes(2)), bytes(2));
    socket.disconnect();
    return { id, reason };
  });
}

const lost = () => held;
