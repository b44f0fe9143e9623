"use strict";
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var msgpack_encode_exports = {};
__export(msgpack_encode_exports, {
  NodeBuffer: () => NodeBuffer,
  encode: () => encode
});
module.exports = __toCommonJS(msgpack_encode_exports);
var import_payload = require("./payload.js");
const NodeBuffer = globalThis.process?.versions?.node && globalThis.Buffer;
const keptSize = 1 << 16;
const encoder = typeof TextEncoder == "function" && new TextEncoder();
let buf;
let view;
let pos = 0;
function allocate(size) {
  buf = new Uint8Array(size);
  view = new DataView(buf.buffer);
}
allocate(keptSize);
function grow(n) {
  if (pos + n > buf.length) {
    const old = buf;
    allocate(2 * buf.length + n);
    buf.set(old);
  }
}
function put(n, size) {
  while (size--) buf[pos++] = n >> 8 * size;
}
function head(code, n, size) {
  grow(9);
  buf[pos++] = code;
  put(n, size);
}
const lengthSize = (n) => n < 32 ? 0 : n < 256 ? 1 : n < 65536 ? 2 : 4;
function length(n, fix, max, code) {
  if (n < max) head(fix | n, 0, 0);
  else if (n < 256 && max != 16) head(code, n, 1);
  else if (n < 65536) head(code + 1, n, 2);
  else if (n < 2 ** 32) head(code + 2, n, 4);
  else throw new Error("too large");
}
function writeString(s) {
  const n = s.length;
  grow(3 * n + 5);
  const start = pos;
  const guess = start + 1 + lengthSize(n);
  pos = guess;
  if (n > 32 && encoder) {
    pos += encoder.encodeInto(s, buf.subarray(pos)).written;
  } else {
    for (let i = 0; i < n; i++) {
      let c = s.codePointAt(i);
      if (c < 128) {
        buf[pos++] = c;
        continue;
      }
      if (c >> 11 == 27) c = 65533;
      if (c < 2048) buf[pos++] = 192 | c >> 6;
      else {
        if (c < 65536) buf[pos++] = 224 | c >> 12;
        else {
          i++;
          buf[pos++] = 240 | c >> 18;
          buf[pos++] = 128 | c >> 12 & 63;
        }
        buf[pos++] = 128 | c >> 6 & 63;
      }
      buf[pos++] = 128 | c & 63;
    }
  }
  const size = pos - guess;
  const at = start + 1 + lengthSize(size);
  if (at != guess) buf.copyWithin(at, guess, pos);
  pos = start;
  length(size, 160, 32, 217);
  pos = at + size;
}
function writeNumber(n) {
  if (Math.floor(n) != n || n >= 2 ** 64 || n < -(2 ** 63)) {
    head(203, 0, 0);
    view.setFloat64(pos, n);
    pos += 8;
    return;
  }
  const code = n < 0 ? 208 : 204;
  const range = n < 0 ? -2 - 2 * n : n;
  if (range < (n < 0 ? 64 : 128)) head(n, 0, 0);
  else if (range < 256) head(code, n, 1);
  else if (range < 65536) head(code + 1, n, 2);
  else if (range < 2 ** 32) head(code + 2, n, 4);
  else {
    head(code + 3, Math.floor(n / 2 ** 32), 4);
    put(n, 4);
  }
}
function writeBytes(bytes, ext) {
  const n = bytes.length;
  length(n, 0, 0, ext ? 199 : 196);
  if (ext) head(0, 0, 0);
  grow(n);
  buf.set(bytes, pos);
  pos += n;
}
function writeObject(v) {
  if (Array.isArray(v)) {
    length(v.length, 144, 16, 219);
    for (let i = 0; i < v.length; i++) write(v[i]);
  } else if (v instanceof Date) {
    grow(10);
    head(215, 0, 1);
    put(Math.floor(+v / 2 ** 32), 4);
    put(+v, 4);
  } else if (v instanceof ArrayBuffer || ArrayBuffer.isView(v)) {
    writeBytes((0, import_payload.bytesOf)(v), NodeBuffer && !(v instanceof NodeBuffer));
  } else if (typeof v.toJSON == "function") {
    write(v.toJSON());
  } else {
    const map = v;
    const keys = Object.keys(map).filter((key) => typeof map[key] != "function");
    length(keys.length, 128, 16, 221);
    for (const key of keys) {
      writeString(key);
      write(map[key]);
    }
  }
}
function write(v) {
  if (typeof v == "string") writeString(v);
  else if (typeof v == "number") writeNumber(v);
  else if (v === null) head(192, 0, 0);
  else if (typeof v == "object") writeObject(v);
  else if (typeof v == "boolean") head(v ? 195 : 194, 0, 0);
  else if (v === void 0) head(212, 0, 2);
  else throw new Error("Could not encode");
}
function encode(value) {
  const start = pos;
  try {
    write(value);
    return start || buf.length == keptSize ? buf.slice(start, pos) : buf.subarray(0, pos);
  } finally {
    pos = start;
    if (!start && buf.length != keptSize) allocate(keptSize);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  NodeBuffer,
  encode
});
