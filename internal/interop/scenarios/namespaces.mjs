import assert from "node:assert/strict";
import { sleep } from "./lab.mjs";

// multiplexed: several namespaces on one connection, each with its own events and its own life.
export async function multiplexed(lab) {
  const main = await lab.connect();
  const chat = lab.beside(main, "/chat");
  const news = lab.beside(main, "/news");
  await Promise.all([lab.connected(chat), lab.connected(news)]);
  const ids = [main, chat, news].map((s) => s.id);
  assert.equal(new Set([...ids, main.io.engine.id]).size, 4, "ids must differ");
  for (const socket of [main, chat, news]) {
    const [namespace, id, connections] = await new Promise((r) => socket.emit("who", (...a) => r(a)));
    assert.deepEqual([namespace, id, connections], [socket.nsp, socket.id, 1]);
  }
  const got = [];
  for (const socket of [main, chat, news]) socket.onAny((event) => got.push([socket.nsp, event]));
  chat.emit("shout", "hello");
  await lab.next(chat, "hello");
  assert.deepEqual(got, [["/chat", "hello"]]);

  chat.disconnect();
  assert.equal((await news.emitWithAck("who")), "/news"); // the others stay
  chat.connect();
  await lab.connected(chat);
  assert.notEqual(chat.id, ids[1]);
  assert.equal((await chat.emitWithAck("who")), "/chat");
}

// unknown: a namespace that does not exist, alone and beside others.
export async function unknown(lab) {
  const alone = lab.open("/nowhere");
  const error = await lab.refused(alone);
  assert.equal(error.message, "Invalid namespace");
  assert.equal(error.data, undefined);
  const main = await lab.connect();
  for (const name of ["/nowhere", "/chat/", "/Chat", "/" + "n".repeat(300), "/\u{1f600}"]) {
    assert.equal((await lab.refused(lab.beside(main, name))).message, "Invalid namespace", name);
  }
  assert.equal((await main.emitWithAck("who")), "/");
}

// buffered: what a client emits before it is connected arrives, in order.
export async function buffered(lab) {
  const socket = lab.open("/chat");
  const all = Promise.all([1, 2, 3].map((n) => socket.emitWithAck("count", String(n))));
  assert.deepEqual(await all, ["1", "1,2", "1,2,3"]);
}

// handshake: what the client says of itself, and where the server shows it.
export async function handshake(lab) {
  const socket = await lab.connect("/chat", {
    auth: { token: "s3cret ☃", roles: ["a"], n: 1 },
    query: { room: "a b&c=☃", empty: "" },
    extraHeaders: { "X-Custom": "value", Cookie: "session=1; other=2" },
  });
  const h = await socket.emitWithAck("handshake");
  assert.deepEqual(h.auth, { token: "s3cret ☃", roles: ["a"], n: 1 });
  assert.equal(h.query.room, "a b&c=☃");
  assert.equal(h.query.empty, "");
  assert.equal(h.query.EIO, "4");
  assert.equal(h.query.transport, lab.transports[0]);
  assert.equal(h.headers["x-custom"], "value");
  assert.equal(h.headers.cookie, "session=1; other=2");
  assert.equal(h.address, "127.0.0.1");
  assert.deepEqual([h.secure, h.xdomain], [false, false]);
  assert.match(h.url, /^\/socket\.io\/\?/);
  assert.ok(Math.abs(Date.now() - h.issued) < 60_000, h.issued);

  const later = lab.open("/chat", { auth: (give) => setTimeout(() => give({ later: true }), 10) });
  assert.deepEqual((await later.emitWithAck("handshake")).auth, { later: true });
  assert.deepEqual((await lab.open("/chat").emitWithAck("handshake")).auth, {});
}

// middlewares: the first error refuses the client, with its data, and nothing but it comes through.
export async function middlewares(lab) {
  const socket = lab.open("/guarded", { auth: { token: "wrong" } });
  const error = await lab.refused(socket);
  assert.equal(error.message, "bad token");
  assert.deepEqual(error.data, { code: 401, hint: ["try", "again"] });
  assert.equal(socket.connected, false);
  assert.equal(socket.active, false); // it does not try again by itself

  socket.auth = { token: "right" };
  socket.connect();
  await lab.connected(socket);
  assert.deepEqual(await socket.emitWithAck("trace"), ["first", "second"]);

  const failing = await lab.refused(lab.open("/guarded", { auth: { token: "broken" } }));
  assert.deepEqual([failing.message, failing.data], ["internal error", undefined]);

  const main = await lab.connect(); // the main namespace has none of them, and the refused ones have left no trace
  const refused = await lab.refused(lab.beside(main, "/guarded", { auth: { token: "wrong" } }));
  assert.equal(refused.message, "bad token");
  assert.equal(await main.emitWithAck("members", "/guarded", "hall"), 1);
}

// slow: a client is connected only after its middlewares.
export async function slow(lab) {
  const main = await lab.connect();
  const socket = lab.beside(main, "/slow");
  let connected = false;
  socket.on("connect", () => (connected = true));
  socket.emit("who", () => assert.ok(connected, "an event was handled before the connection"));
  await sleep(50);
  assert.equal(connected, false);
  assert.equal(await main.emitWithAck("members", "/slow", ""), 0);
  await main.emitWithAck("admit");
  await lab.connected(socket);
  assert.equal(await socket.emitWithAck("who"), "/slow");
  assert.equal(await main.emitWithAck("members", "/slow", ""), 1);
}
