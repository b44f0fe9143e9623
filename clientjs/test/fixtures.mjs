// The tables that the Go codec is tested with, too. In them, {"$bytes": hex} stands for binary data.

import { readFileSync } from 'node:fs';

/** Reads a table. Of rows that are otherwise in this client, `js` says why. */
export function fixtures(path) {
  return JSON.parse(readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8'));
}

/** Puts what `bytes` makes of a Buffer where bytes are meant. */
export function withBytes(value, bytes) {
  if (Array.isArray(value)) return value.map((v) => withBytes(v, bytes));
  if (!value || typeof value != 'object') return value;
  if (typeof value.$bytes == 'string') return bytes(Buffer.from(value.$bytes, 'hex'));
  const object = {};
  for (const key of Object.keys(value)) {
    const v = withBytes(value[key], bytes);
    Object.defineProperty(object, key, { value: v, writable: true, enumerable: true, configurable: true });
  }
  return object;
}

/** Bytes in an ArrayBuffer of their own. */
export const arrayBuffer = (bytes) => new Uint8Array(bytes).buffer;

/** Decodes messages with a decoder, and returns the packets. */
export function decodeAll(decoder, messages) {
  const packets = [];
  decoder.on('decoded', (packet) => packets.push(packet));
  for (const message of messages) decoder.add(message);
  return packets;
}

/** A packet without the members that parsers may add. */
export function essence({ type, nsp, id, data }) {
  return { type, nsp, ...(id !== undefined && { id }), ...(data !== undefined && { data }) };
}
