// The tables of packets that the Go codec and our JavaScript client are tested with, run by the official parsers. Rows
// that they see otherwise have a reason, as "official".

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import * as engine from "engine.io-parser";
import * as json from "socket.io-parser";
import msgpack from "socket.io-msgpack-parser";

const rows = (path) => JSON.parse(readFileSync(new URL(`../../../${path}`, import.meta.url)));

// bytes puts Buffers where {"$bytes": hex} stands for them. It may replace the prototype of an object: the parsers do.
function bytes(v) {
  if (Array.isArray(v)) return v.map(bytes);
  if (!v || typeof v !== "object") return v;
  if (typeof v.$bytes === "string") return Buffer.from(v.$bytes, "hex");
  for (const name of Object.keys(v)) if (name !== "__proto__") v[name] = bytes(v[name]);
  return v;
}

function decode(decoder, messages) {
  const packets = [];
  decoder.on("decoded", ({ type, nsp, id, data }) => {
    packets.push({ type, nsp, ...(id !== undefined && { id }), ...(data !== undefined && { data }) });
  });
  for (const message of messages) decoder.add(message);
  return packets;
}

// refuses has a decoder refuse a row, at its last message, unless it says that it does not.
function refuses(row, decoder, messages) {
  const refused = (f) => {
    try {
      f();
    } catch {
      return true;
    }
    return false;
  };
  const last = messages.pop();
  decode(decoder, messages);
  assert.equal(refused(() => decoder.add(last)), !row.official, row.name);
}

export async function packets() {
  for (const row of rows("parser/testdata/packets.json")) {
    const packet = bytes(row.packet);
    const wire = bytes(row.wire);
    if (!row.official) assert.deepEqual(decode(new json.Decoder(), wire), [packet], row.name);
    if (!row.decode) assert.deepEqual(new json.Encoder().encode(packet), wire, row.name);
  }
}

export async function errors() {
  for (const row of rows("parser/testdata/errors.json")) {
    refuses(row, new json.Decoder(), bytes(row.wire));
  }
}

export async function payloads() {
  for (const row of rows("engineio/testdata/payloads.json")) {
    const packets = bytes(row.packets);
    assert.deepEqual(engine.decodePayload(row.payload, "nodebuffer"), packets, row.name);
    if (!row.decode) engine.encodePayload(packets, (payload) => assert.equal(payload, row.payload, row.name));
  }
  for (const row of rows("engineio/testdata/errors.json")) {
    const last = engine.decodePayload(row.payload, "nodebuffer").at(-1);
    assert.equal(last.type === "error", !row.official, row.name);
  }
}

export async function msgpackErrors() {
  for (const row of rows("parser/msgpack/testdata/errors.json")) {
    if (/^counts to/.test(row.official)) continue; // 4,294,967,295 of them
    refuses(row, new msgpack.Decoder(), [Buffer.from(row.hex, "hex")]);
  }
}
