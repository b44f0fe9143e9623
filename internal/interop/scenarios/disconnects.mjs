import assert from "node:assert/strict";
import { sleep } from "./lab.mjs";

const call = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer)));

// What can end a connection, by the client's hand or at its request.
const actions = {
  leave: (socket) => socket.disconnect(),
  closeEngine: (socket) => socket.io.engine.close(),
  sendTooMuch: (socket) => socket.emit("big", "x".repeat(20_000)),
  sendGarbage: (socket) => socket.io.engine.write("no packet"),
  ask: (socket, what) => socket.emit(what), // the Go test knows what to do
};

// ended gives the reason for which a client is disconnected after args.action, and what it received before.
export async function ended(lab) {
  const socket = await lab.connect();
  await lab.settled(socket);
  await sleep(50); // so that a poll waits, by whose end the server knows
  const events = [];
  socket.onAny((event) => events.push(event));
  const end = lab.next(socket, "disconnect");
  actions[lab.args.action](socket, lab.args.what);
  const [reason] = await end;
  assert.equal(socket.connected, false);
  assert.equal(socket.id, undefined);
  return { reason, events: events.join(" "), active: socket.active };
}

// alone: one namespace of a connection is left, or taken away, and the other stays.
export async function alone(lab) {
  const socket = await lab.connect();
  const other = lab.beside(socket, "/other");
  await lab.connected(other);
  for (const action of ["leave", "ask"]) {
    const end = lab.next(socket, "disconnect");
    actions[action](socket, "kick");
    assert.equal((await end)[0], action === "leave" ? "io client disconnect" : "io server disconnect");
    assert.equal(await other.emitWithAck("ping"), "pong");
    socket.connect();
    await lab.connected(socket);
  }
}

// again: a client that has been sent out of a namespace comes back at once, many times.
export async function again(lab) {
  const socket = await lab.connect();
  await lab.connected(lab.beside(socket, "/other")); // or else the connection would be closed
  const ends = [];
  socket.io.on("close", (reason) => ends.push(reason));
  for (let i = 0; i < 100; i++) {
    const end = lab.next(socket, "disconnect");
    actions.ask(socket, "kick");
    assert.deepEqual([(await end)[0], ends], ["io server disconnect", []], `round ${i}`);
    await lab.connected(socket.connect());
  }
}

// reconnects: a client whose connection ends for args.what comes back by itself, as another socket, and what it has
// emitted meanwhile arrives once. Gives the reason for which it was away.
export async function reconnects(lab) {
  const socket = await lab.connect("/", { reconnection: true });
  await lab.settled(socket);
  await sleep(50); // as above
  const first = socket.id;
  const attempts = [];
  socket.io.on("reconnect_attempt", (n) => attempts.push(n));
  const end = lab.next(socket, "disconnect");
  actions.ask(socket, lab.args.what);
  const [reason] = await end;
  assert.ok(socket.active);
  const echoes = Promise.all([1, 2, 3].map((n) => socket.emitWithAck("note", n)));
  await lab.next(socket, "connect");
  assert.deepEqual(await echoes, ["1", "1,2", "1,2,3"]);
  assert.notEqual(socket.id, first);
  assert.ok(!socket.recovered);
  assert.ok(attempts.length >= 1);
  await lab.settled(socket);
  assert.equal(await socket.emitWithAck("note", 4), "1,2,3,4");
  return reason;
}

// shutdown: what was sent before arrives, the client may come back later, and nobody gets in meanwhile.
export async function shutdown(lab) {
  const clients = await Promise.all(Array.from({ length: 5 }, () => lab.connect()));
  await Promise.all(clients.map((c) => lab.settled(c)));
  const got = clients.map(() => 0);
  const ends = clients.map((socket, i) => {
    socket.on("last", () => got[i]++);
    return lab.next(socket, "disconnect");
  });
  clients[0].emit("shutdown", 100);
  const reasons = (await Promise.all(ends)).map(([reason]) => reason);
  assert.deepEqual(reasons, clients.map(() => "transport close"));
  assert.deepEqual(got, clients.map(() => 100));
  await lab.refused(lab.open());
}

// recovers: a client that was away for a moment goes on as the same socket, and gets what it has missed.
export async function recovers(lab) {
  const socket = await lab.connect("/", { reconnection: true });
  await lab.settled(socket);
  const { id } = socket;
  const got = [];
  socket.on("n", (i, bytes) => got.push(Buffer.isBuffer(bytes) ? bytes[0] : i)); // the last argument is the offset
  assert.deepEqual(await call(socket, "state"), [[id, "room"], "data", false]);
  socket.emit("send", 0, 3);
  await lab.until("3 events", () => got.length === 3);
  await sleep(50); // so that a poll waits
  actions.ask(socket, "cut");
  await lab.next(socket, "disconnect");
  await lab.next(socket, "connect");
  assert.ok(socket.recovered);
  assert.equal(socket.id, id);
  assert.deepEqual(await call(socket, "state"), [[id, "room"], "data", true]);
  socket.emit("send", 20, 3);
  await lab.until("23 events", () => got.length === 23);
  assert.deepEqual(got, Array.from({ length: 23 }, (_, i) => i));
}
