import { NodeBuffer } from './msgpack-encode.js';

/** The depth up to which arrays and maps may be nested: the stack of a worker is enough for it. */
const maxDepth = 1000;

const decoder = typeof TextDecoder == 'function' && new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

// What is being decoded. Nothing here calls code that could come back.
let view: DataView;
let pos: number;
let depth: number;

/** Fails if not so many bytes are left. Lengths are only what the sender says, so that this comes first. */
function need(n: number): void {
  if (n > view.byteLength - pos) throw new Error('unexpected end');
}

// The get methods fail at the end of the input, too.

const readUint32 = (): number => view.getUint32((pos += 4) - 4);

/** Reads an unsigned integer of 1, 2, 4 or 8 bytes. */
const readUint = (size: number): number =>
  size > 4
    ? readUint32() * 2 ** 32 + readUint32()
    : size > 2
      ? readUint32()
      : size > 1
        ? view.getUint16((pos += 2) - 2)
        : view.getUint8(pos++);

function readInt(size: number): number {
  if (size > 4) return (readUint32() | 0) * 2 ** 32 + readUint32();
  const unused = 32 - 8 * size;
  return (readUint(size) << unused) >> unused;
}

function readBytes(n: number): Uint8Array {
  need(n);
  pos += n;
  return new Uint8Array(view.buffer, view.byteOffset + pos - n, n);
}

function readString(n: number): string {
  need(n);
  let s = '';
  if (n < 32) {
    let i = 0;
    for (let c; i < n && (c = view.getUint8(pos + i)) < 128; i++) s += String.fromCharCode(c);
    if (i == n) {
      pos += n;
      return s;
    }
  }
  const bytes = readBytes(n);
  if (decoder) return decoder.decode(bytes);
  s = '';
  for (const b of bytes) s += '%' + (b + 256).toString(16).slice(1);
  return decodeURIComponent(s); // fails on invalid UTF-8, too
}

/** What binary data becomes: an ArrayBuffer; in Node.js a Buffer, which shares the memory of the input. */
function readBinary(n: number): ArrayBufferLike | Uint8Array {
  const bytes = readBytes(n);
  return NodeBuffer ? NodeBuffer.from(bytes.buffer, bytes.byteOffset, n) : bytes.slice().buffer;
}

function readExt(n: number, fixed: boolean): unknown {
  const type = readInt(1);
  if (!type) {
    if (!fixed) return readBytes(n).slice().buffer;
    if (n == 8) return new Date(readInt(8));
    if (n == 1) return readBytes(1) && undefined;
  }
  return [type, readBinary(n)];
}

/** Begins an array or a map of n values, each of which has at least a byte. */
function enter(n: number): void {
  need(n);
  if (++depth > maxDepth) throw new Error('nested too deeply');
}

function readArray(n: number): unknown[] {
  enter(n);
  const list = [];
  for (let i = 0; i < n; i++) list.push(read());
  depth--;
  return list;
}

function readMap(n: number): object {
  enter(2 * n);
  const map: Record<string, unknown> = {};
  while (n--) {
    const key = read();
    if (typeof key == 'object') throw new Error('invalid key');
    const value = read();
    if (key == '__proto__') {
      // An own property, as JSON.parse makes it, and not the prototype.
      Object.defineProperty(map, key as string, { value, writable: true, enumerable: true, configurable: true });
    } else {
      map[key as string] = value;
    }
  }
  depth--;
  return map;
}

function read(): unknown {
  const code = view.getUint8(pos++);
  if (code < 0x80) return code;
  if (code < 0x90) return readMap(code & 15);
  if (code < 0xa0) return readArray(code & 15);
  if (code < 0xc0) return readString(code & 31);
  if (code > 0xdf) return code - 256;
  if (code > 0xdd) return readMap(readUint(2 << (code & 1)));
  if (code > 0xdb) return readArray(readUint(2 << (code & 1)));
  if (code > 0xd8) return readString(readUint(1 << (code - 0xd9)));
  if (code > 0xd3) return readExt(1 << (code - 0xd4), true);
  if (code > 0xcf) return readInt(1 << (code & 3));
  if (code > 0xcb) return readUint(1 << (code & 3));
  if (code > 0xca) return view.getFloat64((pos += 8) - 8);
  if (code > 0xc9) return view.getFloat32((pos += 4) - 4);
  if (code > 0xc6) return readExt(readUint(1 << (code - 0xc7)), false);
  if (code > 0xc3) return readBinary(readUint(1 << (code & 3)));
  if (code > 0xc1) return code > 0xc2;
  if (code > 0xc0) throw new Error('Could not parse');
  return null;
}

/** Decodes a value. It fails on anything else than one whole value. */
export function decode(data: ArrayBuffer | ArrayBufferView): unknown {
  view = ArrayBuffer.isView(data) ? new DataView(data.buffer, data.byteOffset, data.byteLength) : new DataView(data);
  pos = depth = 0;
  const value = read();
  if (pos != view.byteLength) throw new Error('trailing bytes');
  return value;
}
