import assert from "node:assert/strict";
import { sleep } from "./lab.mjs";

// kinds: what JSON can say comes back as it was.
export async function kinds(lab) {
  const socket = await lab.connect();
  const rows = [
    [],
    [null],
    [true, false],
    [0, -1, 1.5, 1e21, 5e-324, Number.MAX_SAFE_INTEGER],
    ["", "text", "\"\\/\b\f\n\r\t\u0000\u001f\u2028\u2029<&>"],
    ["てすと", "Я Б Г Д Ж Й", "Ä ä Ü ü ß", "\u{1f600} e\u0301 \u{10ffff}"],
    [[], [1, [2, [3, [null]]]]],
    [{}, { a: { b: { c: null } }, "": 1, "ключ": "☃", __proto: 0 }],
    [1, "two", [3], { four: 4 }, null, true, "7", "8", "9", "10", "11", "12"],
  ];
  for (const row of rows) {
    socket.emit("echo", ...row);
    assert.deepEqual(await lab.next(socket, "echo"), row);
  }
  socket.emit("echo", undefined, new Date(0), { left: 1, out: undefined }); // as JSON.stringify has it
  assert.deepEqual(await lab.next(socket, "echo"), [null, "1970-01-01T00:00:00.000Z", { left: 1 }]);
  socket.send("hello", 1);
  assert.deepEqual(await lab.next(socket, "message"), ["hello", 1]);
}

// names: any event name does, if it is not reserved.
export async function names(lab) {
  const socket = await lab.connect();
  for (const name of ["イベント", "with space", "\"quoted\"", "", "constructor", "__proto__", "1"]) {
    socket.emit("name", name);
    assert.deepEqual(await lab.next(socket, name), [name]);
  }
}

// typed: arguments are decoded into the parameters of a Go function, and its results into JavaScript.
export async function typed(lab) {
  const socket = await lab.connect();
  const place = { name: "Ōsaka", at: { lat: 34.69, lon: 135.5 }, tags: ["a", "b"], photo: Buffer.from([1, 2, 3]) };
  const answer = await new Promise((resolve) => {
    socket.emit("typed", 42, 0.5, "é", true, place, [1, 2, 3], (...args) => resolve(args));
  });
  assert.deepEqual(answer, [43, 1, "é!", false, { ...place, name: "ŌSAKA" }, 6]);
  assert.deepEqual(await socket.emitWithAck("missing", 1), "1,0,\"\",true"); // as undefined is
}

// large: long texts and bytes, in both directions.
export async function large(lab) {
  const socket = await lab.connect();
  const texts = ["x".repeat(500_000), "☃".repeat(166_000), "\u{1f600}\"\n".repeat(60_000)];
  for (const text of texts) {
    socket.emit("echo", text);
    const [back] = await lab.next(socket, "echo");
    assert.equal(back.length, text.length);
    assert.ok(back === text, "text changed on the way");
  }
  const bytes = Buffer.alloc(500_000, (i) => i).fill("0123456789", 100);
  socket.emit("echo", bytes);
  const [back] = await lab.next(socket, "echo");
  assert.ok(bytes.equals(back), "bytes changed on the way");
}

// binary: bytes at any depth, in any of JavaScript's forms.
export async function binary(lab) {
  const socket = await lab.connect();
  const all = Buffer.from(Array.from({ length: 256 }, (_, i) => i));
  const rows = [
    [all],
    [Buffer.alloc(0)],
    [Buffer.alloc(0), "between", all, null, Buffer.from("x")],
    [{ a: [{ b: { c: all } }], d: "text" }, [[all]], 1],
    Array.from({ length: 10 }, (_, i) => Buffer.alloc(i, i)), // as many attachments as the official parser takes
    [{ _placeholder: false, num: 0 }, all], // what looks like a placeholder, but is none
  ];
  for (const row of rows) {
    socket.emit("echo", ...row);
    assert.deepEqual(await lab.next(socket, "echo"), row);
  }
  socket.emit("echo", new Uint8Array([1, 2]), new Uint8Array([3, 4]).buffer, new Uint16Array([5]));
  assert.deepEqual(await lab.next(socket, "echo"), [
    Buffer.from([1, 2]), Buffer.from([3, 4]), Buffer.from([5, 0]),
  ]);
}

// order: 2,000 events each way at the same time, some of them with bytes.
export async function order(lab) {
  const total = 2000;
  const socket = await lab.connect();
  const got = [];
  socket.on("n", (i, bytes) => got.push(bytes ? bytes.readUInt16BE() : i));
  socket.emit("start", total);
  for (let i = 0; i < total; i++) sendNumber(socket, i);
  const { seen } = await socket.emitWithAck("stop");
  assert.equal(wrongAt(seen, total), -1, "order at the server");
  await lab.until("all numbers", () => got.length >= total);
  assert.equal(wrongAt(got, total), -1, "order at the client");
}

// upgrade: both sides send all the time, from before the upgrade till after it.
export async function upgrade(lab) {
  const socket = lab.open();
  const got = [];
  socket.on("n", (i, bytes) => got.push(bytes ? bytes.readUInt16BE() : i));
  await lab.connected(socket);
  socket.emit("start", 0);
  let settled = false;
  const wait = lab.settled(socket).then(() => (settled = true));
  let sent = 0;
  for (let after = 0; after < 100 || got.length < 200; after += settled ? 1 : 0) {
    for (let i = 0; i < 5; i++) sendNumber(socket, sent++);
    await sleep(1);
  }
  await wait;
  assert.equal(socket.io.engine.transport.name, lab.transports.at(-1));
  const { seen, sent: total } = await socket.emitWithAck("stop");
  assert.equal(wrongAt(seen, sent), -1, "order at the server");
  assert.equal(wrongAt(got, total), -1, "order at the client");
}

function sendNumber(socket, i) {
  if (i % 50 === 7) {
    const bytes = Buffer.alloc(2);
    bytes.writeUInt16BE(i);
    socket.emit("n", -1, bytes);
  } else {
    socket.emit("n", i);
  }
}

// wrongAt gives the first place where the numbers are not 0, 1, 2 … total-1, or -1.
function wrongAt(numbers, total) {
  for (let i = 0; i < Math.max(numbers.length, total); i++) {
    if (numbers[i] !== i) return `${i}: ${numbers.slice(Math.max(0, i - 3), i + 5)} (${numbers.length} of ${total})`;
  }
  return -1;
}

// volatile: events that may be lost never disturb the others.
export async function volatile(lab) {
  const socket = await lab.connect();
  const got = { maybe: [], sure: [] };
  for (const event of ["maybe", "sure"]) socket.on(event, (i) => got[event].push(i));
  socket.volatile.emit("ignored", "by the server, if it arrives");
  await socket.emitWithAck("volatile", 100);
  assert.equal(wrongAt(got.sure, 100), -1);
  assert.ok(got.maybe.every((n, i) => i === 0 || n > got.maybe[i - 1]), `order of ${got.maybe}`);

  // One that has nothing before it arrives: at once by WebSocket, and otherwise if it meets a waiting poll.
  got.maybe = [];
  while (got.maybe.length === 0) await socket.emitWithAck("volatile", 1);
}

// compress: the flag is accepted on both sides, and changes nothing that can be seen.
export async function compress(lab) {
  const socket = await lab.connect();
  const text = "compressible ".repeat(1000);
  for (const flag of [true, false]) {
    const got = Promise.all([lab.next(socket, "compressed"), lab.next(socket, "broadcast")]);
    socket.compress(flag).emit("compress", flag, text);
    assert.deepEqual(await got, [[flag, text], [flag, text]]);
  }
}

// catchAll: listeners for all events, on both sides.
export async function catchAll(lab) {
  const socket = await lab.connect();
  const incoming = [];
  const outgoing = [];
  socket.onAny((event) => incoming.push(event));
  socket.onAnyOutgoing((event) => outgoing.push(event));
  socket.emit("mark");
  await lab.next(socket, "mark");
  const log = await socket.emitWithAck("log");
  assert.deepEqual(incoming, ["mark"]);
  assert.deepEqual(outgoing, ["mark", "log"]);
  assert.deepEqual(log, ["in mark", "out mark", "in log"]);
}
