// MessagePack as notepack.io writes it, which is what socket.io-msgpack-parser uses: the shortest form of integers,
// float64 for other numbers, and extension 0 for undefined (fixext 1), Date (fixext 8) and, in Node.js, ArrayBuffers
// and typed arrays (ext 8, 16, 32). Where notepack.io sends something else than it was given, this differs:
//   - A lone surrogate is U+FFFD. There, it takes the next character with it.
//   - A typed array is sent as such. There, the whole buffer is that it is a view of, and in browsers a map.
//   - An integer that 64 bits cannot hold is a float64. There, what is left of it modulo 2^64.

import { bytesOf } from './payload.js';

interface BufferConstructor {
  new (): Uint8Array;
  from(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array;
}

/** Buffer of Node.js; elsewhere undefined, also if there is a polyfill. */
export const NodeBuffer: BufferConstructor | undefined =
  (globalThis as any).process?.versions?.node && (globalThis as any).Buffer;

const keptSize = 1 << 16;
const encoder = typeof TextEncoder == 'function' && new TextEncoder();

// Values are written here. toJSON and getters are the user's code, which may encode something itself: that is then
// written behind what is there already.
let buf: Uint8Array;
let view: DataView;
let pos = 0;

function allocate(size: number): void {
  buf = new Uint8Array(size);
  view = new DataView(buf.buffer);
}
allocate(keptSize);

/** Makes room for n bytes. */
function grow(n: number): void {
  if (pos + n > buf.length) {
    const old = buf;
    allocate(2 * buf.length + n);
    buf.set(old);
  }
}

/** Writes the lower bits of an integer. */
function put(n: number, size: number): void {
  while (size--) buf[pos++] = n >> (8 * size);
}

function head(code: number, n: number, size: number): void {
  grow(9);
  buf[pos++] = code;
  put(n, size);
}

/** The number of bytes that follow the code of a string. */
const lengthSize = (n: number): number => (n < 32 ? 0 : n < 256 ? 1 : n < 65536 ? 2 : 4);

/** Writes a length: into the code if it is less than max, else as 8 (not if max is 16), 16 or 32 bits. */
function length(n: number, fix: number, max: number, code: number): void {
  if (n < max) head(fix | n, 0, 0);
  else if (n < 256 && max != 16) head(code, n, 1);
  else if (n < 65536) head(code + 1, n, 2);
  else if (n < 2 ** 32) head(code + 2, n, 4);
  else throw new Error('too large');
}

function writeString(s: string): void {
  const n = s.length;
  grow(3 * n + 5);
  // Most are ASCII: the header will have this size.
  const start = pos;
  const guess = start + 1 + lengthSize(n);
  pos = guess;
  if (n > 32 && encoder) {
    pos += encoder.encodeInto(s, buf.subarray(pos)).written!;
  } else {
    for (let i = 0; i < n; i++) {
      let c = s.codePointAt(i)!;
      if (c < 0x80) {
        buf[pos++] = c;
        continue;
      }
      if (c >> 11 == 27) c = 0xfffd; // a lone surrogate
      if (c < 0x800) buf[pos++] = 0xc0 | (c >> 6);
      else {
        if (c < 0x10000) buf[pos++] = 0xe0 | (c >> 12);
        else {
          i++;
          buf[pos++] = 0xf0 | (c >> 18);
          buf[pos++] = 0x80 | ((c >> 12) & 63);
        }
        buf[pos++] = 0x80 | ((c >> 6) & 63);
      }
      buf[pos++] = 0x80 | (c & 63);
    }
  }
  const size = pos - guess;
  const at = start + 1 + lengthSize(size);
  if (at != guess) buf.copyWithin(at, guess, pos);
  pos = start;
  length(size, 0xa0, 32, 0xd9);
  pos = at + size;
}

function writeNumber(n: number): void {
  if (Math.floor(n) != n || n >= 2 ** 64 || n < -(2 ** 63)) {
    head(0xcb, 0, 0); // and room for more
    view.setFloat64(pos, n);
    pos += 8;
    return;
  }
  const code = n < 0 ? 0xd0 : 0xcc;
  const range = n < 0 ? -2 - 2 * n : n; // how large an unsigned integer has to be that has enough bits
  if (range < (n < 0 ? 64 : 128)) head(n, 0, 0);
  else if (range < 256) head(code, n, 1);
  else if (range < 65536) head(code + 1, n, 2);
  else if (range < 2 ** 32) head(code + 2, n, 4);
  else {
    head(code + 3, Math.floor(n / 2 ** 32), 4);
    put(n, 4);
  }
}

function writeBytes(bytes: Uint8Array, ext: unknown): void {
  const n = bytes.length;
  length(n, 0, 0, ext ? 0xc7 : 0xc4);
  if (ext) head(0, 0, 0);
  grow(n);
  buf.set(bytes, pos);
  pos += n;
}

function writeObject(v: object): void {
  if (Array.isArray(v)) {
    length(v.length, 0x90, 16, 0xdb);
    for (let i = 0; i < v.length; i++) write(v[i]);
  } else if (v instanceof Date) {
    grow(10);
    head(0xd7, 0, 1);
    put(Math.floor(+v / 2 ** 32), 4);
    put(+v, 4);
  } else if (v instanceof ArrayBuffer || ArrayBuffer.isView(v)) {
    writeBytes(bytesOf(v), NodeBuffer && !(v instanceof NodeBuffer));
  } else if (typeof (v as any).toJSON == 'function') {
    write((v as any).toJSON());
  } else {
    const map = v as Record<string, unknown>;
    const keys = Object.keys(map).filter((key) => typeof map[key] != 'function');
    length(keys.length, 0x80, 16, 0xdd);
    for (const key of keys) {
      writeString(key);
      write(map[key]);
    }
  }
}

function write(v: unknown): void {
  if (typeof v == 'string') writeString(v);
  else if (typeof v == 'number') writeNumber(v);
  else if (v === null) head(0xc0, 0, 0);
  else if (typeof v == 'object') writeObject(v);
  else if (typeof v == 'boolean') head(v ? 0xc3 : 0xc2, 0, 0);
  else if (v === undefined) head(0xd4, 0, 2);
  else throw new Error('Could not encode');
}

/** Encodes a value. The bytes are the caller's. Their buffer may be longer. */
export function encode(value: unknown): Uint8Array {
  const start = pos;
  try {
    write(value);
    // What needed a buffer of its own keeps it.
    return start || buf.length == keptSize ? buf.slice(start, pos) : buf.subarray(0, pos);
  } finally {
    pos = start;
    if (!start && buf.length != keptSize) allocate(keptSize);
  }
}
