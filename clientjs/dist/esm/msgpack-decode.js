import { NodeBuffer } from "./msgpack-encode.js";
const maxDepth = 1e3;
const decoder = typeof TextDecoder == "function" && new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
let view;
let pos;
let depth;
function need(n) {
  if (n > view.byteLength - pos) throw new Error("unexpected end");
}
const readUint32 = () => view.getUint32((pos += 4) - 4);
const readUint = (size) => size > 4 ? readUint32() * 2 ** 32 + readUint32() : size > 2 ? readUint32() : size > 1 ? view.getUint16((pos += 2) - 2) : view.getUint8(pos++);
function readInt(size) {
  if (size > 4) return (readUint32() | 0) * 2 ** 32 + readUint32();
  const unused = 32 - 8 * size;
  return readUint(size) << unused >> unused;
}
function readBytes(n) {
  need(n);
  pos += n;
  return new Uint8Array(view.buffer, view.byteOffset + pos - n, n);
}
function readString(n) {
  need(n);
  let s = "";
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
  s = "";
  for (const b of bytes) s += "%" + (b + 256).toString(16).slice(1);
  return decodeURIComponent(s);
}
function readBinary(n) {
  const bytes = readBytes(n);
  return NodeBuffer ? NodeBuffer.from(bytes.buffer, bytes.byteOffset, n) : bytes.slice().buffer;
}
function readExt(n, fixed) {
  const type = readInt(1);
  if (!type) {
    if (!fixed) return readBytes(n).slice().buffer;
    if (n == 8) return new Date(readInt(8));
    if (n == 1) return readBytes(1) && void 0;
  }
  return [type, readBinary(n)];
}
function enter(n) {
  need(n);
  if (++depth > maxDepth) throw new Error("nested too deeply");
}
function readArray(n) {
  enter(n);
  const list = [];
  for (let i = 0; i < n; i++) list.push(read());
  depth--;
  return list;
}
function readMap(n) {
  enter(2 * n);
  const map = {};
  while (n--) {
    const key = read();
    if (typeof key == "object") throw new Error("invalid key");
    const value = read();
    if (key == "__proto__") {
      Object.defineProperty(map, key, { value, writable: true, enumerable: true, configurable: true });
    } else {
      map[key] = value;
    }
  }
  depth--;
  return map;
}
function read() {
  const code = view.getUint8(pos++);
  if (code < 128) return code;
  if (code < 144) return readMap(code & 15);
  if (code < 160) return readArray(code & 15);
  if (code < 192) return readString(code & 31);
  if (code > 223) return code - 256;
  if (code > 221) return readMap(readUint(2 << (code & 1)));
  if (code > 219) return readArray(readUint(2 << (code & 1)));
  if (code > 216) return readString(readUint(1 << code - 217));
  if (code > 211) return readExt(1 << code - 212, true);
  if (code > 207) return readInt(1 << (code & 3));
  if (code > 203) return readUint(1 << (code & 3));
  if (code > 202) return view.getFloat64((pos += 8) - 8);
  if (code > 201) return view.getFloat32((pos += 4) - 4);
  if (code > 198) return readExt(readUint(1 << code - 199), false);
  if (code > 195) return readBinary(readUint(1 << (code & 3)));
  if (code > 193) return code > 194;
  if (code > 192) throw new Error("Could not parse");
  return null;
}
function decode(data) {
  view = ArrayBuffer.isView(data) ? new DataView(data.buffer, data.byteOffset, data.byteLength) : new DataView(data);
  pos = depth = 0;
  const value = read();
  if (pos != view.byteLength) throw new Error("trailing bytes");
  return value;
}
export {
  decode
};
