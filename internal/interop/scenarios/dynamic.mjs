import assert from "node:assert/strict";
import { sleep } from "./lab.mjs";

// regexp: namespaces whose names match exist, others do not.
export async function regexp(lab) {
  const main = await lab.connect();
  for (const name of ["/room-1", "/room-22"]) {
    const socket = lab.beside(main, name);
    await lab.connected(socket);
    assert.equal(await socket.emitWithAck("who"), name);
  }
  for (const name of ["/room-", "/room-x", "/room-1/", "/x/room-1", "/_0", "/_1"]) {
    assert.equal((await lab.refused(lab.beside(main, name))).message, "Invalid namespace", name);
  }
  assert.equal(await main.emitWithAck("made", "/room-1"), 1);
}

// asked: a function decides, late, by the name and the auth of the client.
export async function asked(lab) {
  const main = await lab.connect();
  const socket = lab.beside(main, "/asked", { auth: { answer: "no" } });
  for (const [answer, message, data] of [
    ["no", "Invalid namespace"],
    ["error", "Invalid namespace"],
    ["words", "no such room", [404]],
  ]) {
    if (answer !== "no") {
      socket.auth = { answer };
      socket.connect();
    }
    const error = await lab.refused(socket);
    assert.deepEqual([error.message, error.data], [message, data]);
  }
  socket.auth = { answer: "yes" };
  const early = socket.emitWithAck("who"); // buffered
  socket.connect();
  await lab.connected(socket);
  assert.equal(await early, "/asked");
  assert.equal(await main.emitWithAck("made", "/asked"), 1);
}

// race: clients that come to a name at the same time are together there.
export async function race(lab) {
  const sockets = Array.from({ length: 8 }, () => lab.open("/asked", { auth: { answer: "yes" } }));
  await Promise.all(sockets.map((s) => lab.connected(s)));
  assert.equal(new Set(sockets.map((s) => s.id)).size, 8);
  const main = await lab.connect();
  assert.equal(await main.emitWithAck("made", "/asked"), 1);
}

// everybody: what is sent to the parent comes to the clients of all its namespaces.
export async function everybody(lab) {
  const main = await lab.connect();
  const names = ["/room-1", "/room-2", "/room-3"];
  const sockets = names.map((name) => lab.beside(main, name));
  sockets.push(lab.open("/room-3"));
  await Promise.all(sockets.map((s) => lab.connected(s)));
  const [first, ...others] = sockets;
  for (const s of others) s.emit("join", "hall");
  await Promise.all(others.map((s) => s.emitWithAck("who"))); // and so it has joined
  first.on("note", () => assert.fail("a client outside the room got the event"));
  const notes = others.map((s) => lab.next(s, "note"));
  main.emit("tell", "hall", "note", new Uint8Array([1, 2, 3]));
  for (const [data] of await Promise.all(notes)) assert.deepEqual([...new Uint8Array(data)], [1, 2, 3]);

  for (const s of sockets) s.on("poll", (answer) => answer(s.nsp));
  assert.deepEqual((await main.emitWithAck("poll")).sort(), [...names, "/room-3"].sort());
}

// again: a namespace goes with its last client, and the next one finds a new one.
export async function again(lab) {
  const main = await lab.connect();
  const socket = lab.beside(main, "/room-7");
  await lab.connected(socket);
  for (let made = 1, tries = 0; made < 5; tries++) {
    assert.ok(tries < 1000, "the namespace is not removed");
    socket.disconnect();
    await sleep(1); // in which it is, or else a little later
    socket.connect();
    await lab.connected(socket);
    assert.equal(await socket.emitWithAck("who"), "/room-7");
    made = await main.emitWithAck("made", "/room-7");
  }
}
