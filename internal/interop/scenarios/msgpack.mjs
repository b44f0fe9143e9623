// What is special about socket.io-msgpack-parser.

import assert from "node:assert/strict";
import msgpack from "socket.io-msgpack-parser";
import { sleep } from "./lab.mjs";

const encode = (packet) => new msgpack.Encoder().encode(packet)[0].toString("hex");

function decode(hex) {
  let packet;
  const decoder = new msgpack.Decoder();
  decoder.on("decoded", (p) => (packet = p));
  decoder.add(Buffer.from(hex, "hex"));
  return packet;
}

// plain gives values a form that JSON has: bytes are {"$bytes": hex}. Dates and undefined are as they are in JSON.
function plain(v) {
  if (v === undefined) return null;
  if (v instanceof ArrayBuffer) v = Buffer.from(v);
  if (ArrayBuffer.isView(v)) return { $bytes: Buffer.from(v.buffer, v.byteOffset, v.byteLength).toString("hex") };
  if (Array.isArray(v)) return v.map(plain);
  if (v === null || typeof v !== "object" || v instanceof Date) return v;
  return Object.fromEntries(Object.entries(v).map(([name, value]) => [name, plain(value)]));
}

const long = (n) => "x".repeat(n);
const numbers = (n) => Array.from({ length: n }, (_, i) => i);
const bytes = (n) => Buffer.alloc(n, (i) => i).fill("0123456789");

// The arguments of events. With the others Go must write the same bytes as JavaScript; of these it has no values.
const oneWay = {
  undefined: [undefined, [undefined]],
  date: [new Date(0), new Date(-1), new Date(1700000000123), { at: new Date(8.64e15) }],
  ArrayBuffer: [new Uint8Array([1, 2, 3]).buffer, new ArrayBuffer(0), new ArrayBuffer(8), new ArrayBuffer(1)],
  "large ArrayBuffer": [new Uint8Array(300).fill(7).buffer],
  "typed arrays": [new Uint8Array([1, 2]), new Uint16Array([3]), new Float64Array([0.5])],
  "not finite": [NaN, Infinity, -Infinity],
  "minus zero": [-0],
};

const bothWays = {
  nothing: [],
  literals: [null, true, false],
  fixint: [0, 1, 127, -1, -32],
  "8 bits": [128, 255, -33, -128],
  "16 bits": [256, 65535, -129, -32768],
  "32 bits": [65536, 4294967295, -32769, -2147483648],
  "64 bits": [4294967296, Number.MAX_SAFE_INTEGER, -2147483649, Number.MIN_SAFE_INTEGER],
  floats: [0.1, -1.5, 5e-324, 1.7976931348623157e-300, 3.141592653589793],
  strings: ["", "a", long(31), long(32), long(255), long(256)],
  unicode: ["é", "☃", "\u{1f600}", "\u0000\u001f\"\\/\u007f\u2028", "☃".repeat(11), "é\n".repeat(100)],
  binary: [bytes(0), bytes(1), bytes(255), bytes(256)],
  arrays: [[], [[]], numbers(15), numbers(16), [numbers(20), [numbers(20)]]],
  objects: [{}, { a: {} }, { "": 1, "ключ": "☃" }, Object.fromEntries(numbers(20).map((i) => ["n" + i, i]))],
  "binary at depth": [{ a: [{ b: { c: bytes(3) } }] }, [[bytes(2)], "text", bytes(1)]],
  "what looks like a placeholder": [{ _placeholder: true, num: 0 }, bytes(1), [{ _placeholder: true, num: 0 }]],
};

// These are too long for a fixture.
const large = {
  strings: [long(65_535), long(65_536)],
  binary: [bytes(65_535), bytes(65_536)],
  array: [Array(65_536).fill(null)],
};

// vectors gives packets as the official parser encodes them, with what they mean: the fixture of parser/msgpack. Those
// with "same" are in the order of members that Go has, and must be what it writes.
export async function vectors() {
  const list = [];
  const add = (name, same, packet) => {
    list.push({ name, ...(same && { same }), packet: { ...packet, data: plain(packet.data) }, hex: encode(packet) });
  };
  for (const [name, args] of Object.entries(bothWays)) add(name, true, { type: 2, nsp: "/", data: ["event", ...args] });
  for (const [name, args] of Object.entries(oneWay)) add(name, false, { type: 2, nsp: "/", data: ["event", ...args] });
  add("namespace and id", true, { type: 2, nsp: "/chat", id: 300, data: ["event", 1] });
  add("ack", true, { type: 3, nsp: "/", id: 0, data: ["ok", bytes(2)] });
  add("disconnect", true, { type: 1, nsp: "/chat" });
  add("connect", true, { type: 0, nsp: "/", data: { sid: "abc" } });
  add("connect error", true, { type: 4, nsp: "/", data: { message: "no", data: { code: 401 } } });
  add("connect of a client", false, { type: 0, data: undefined, nsp: "/" });
  add("event of a client", false, { type: 2, data: ["event", 1], options: { compress: true }, id: 7, nsp: "/chat" });
  add("ack of a client", false, { type: 3, id: 70_000, data: [], nsp: "/" });
  return list;
}

// decoded gives what the official parser makes of packets.
export async function decoded(lab) {
  return lab.args.map((hex) => {
    const packet = decode(hex);
    return { ...packet, data: plain(packet.data) };
  });
}

// kinds: what both ends can say comes back as it was.
export async function kinds(lab) {
  const socket = await lab.connect();
  for (const [name, row] of [...Object.entries(bothWays), ...Object.entries(large)]) {
    socket.emit("echo", ...row);
    assert.deepEqual(await lab.next(socket, "echo"), row, name);
  }
  for (const [name, row] of Object.entries(oneWay)) {
    if (name === "minus zero") continue; // its encoder has none
    socket.emit("echo", ...row);
    const got = await lab.next(socket, "echo");
    assert.deepEqual(plain(got), JSON.parse(JSON.stringify(plain(row))), name);
  }
  const many = Array.from({ length: 1000 }, (_, i) => Buffer.from([i]));
  socket.emit("echo", many);
  assert.deepEqual((await lab.next(socket, "echo"))[0], many);
}

// wrong: a client with another parser than the server is closed, and says why it is.
export async function wrong(lab) {
  const socket = lab.open();
  const errors = [];
  socket.on("connect_error", (error) => errors.push(error.message));
  socket.on("connect", () => errors.push("connected"));
  const [reason] = await lab.next(socket.io, "close");
  await sleep(50);
  assert.deepEqual(errors, []);
  return reason;
}

// client compares our client's parser with the official one: it must write the same bytes, and read the same values.
export async function client() {
  const ours = await import("../../../clientjs/dist/esm/msgpack.js");
  const powers = [5, 7, 8, 15, 16, 31, 32, 52, 53, 62, 63].map((n) => 2 ** n);
  const edges = powers.flatMap((n) => [-1, 0, 1].flatMap((d) => [n + d, -n + d]));
  const objects = {
    "members that are functions": [{ f() {}, a: undefined, s: "" }],
    toJSON: [{ toJSON: () => ({ a: new Date(NaN) }) }, Object.assign([1], { toJSON: () => 2 })],
    "class instances": [new (class A { a = 1; #b = 2; get c() { return 3; } })(), new Map([[1, 2]]), new Set([1])],
    "null prototype": [Object.assign(Object.create(null), { a: 1 })],
    "sparse array": [[, 1]],
    integers: edges,
  };
  for (const [name, data] of Object.entries({ ...bothWays, ...oneWay, ...large, ...objects })) {
    const packet = { type: 2, nsp: "/", data: ["event", ...data], options: { compress: true } };
    const [message] = new ours.Encoder().encode(packet);
    const hex = Buffer.from(message).toString("hex");
    assert.equal(hex, encode(packet), name);
    let got;
    const decoder = new ours.Decoder();
    decoder.on("decoded", (p) => (got = p));
    decoder.add(message);
    assert.deepEqual(got, decode(hex), name);
  }
  for (const value of [1n, Symbol("x"), () => {}]) {
    assert.throws(() => encode([value]), /Could not encode/);
    assert.throws(() => new ours.Encoder().encode([value]), /Could not encode/);
  }
}
