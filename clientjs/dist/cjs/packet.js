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
var packet_exports = {};
__export(packet_exports, {
  byteLength: () => byteLength,
  bytesOf: () => bytesOf,
  decodePacket: () => decodePacket,
  decodePayload: () => decodePayload,
  encodePacket: () => encodePacket,
  encodePayload: () => encodePayload,
  isBinary: () => isBinary,
  isBlob: () => isBlob,
  protocol: () => protocol
});
module.exports = __toCommonJS(packet_exports);
const protocol = 4;
const types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const parserError = { type: "error", data: "parser error" };
const separator = "";
function isBinary(value) {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || isBlob(value);
}
function isBlob(value) {
  return typeof Blob != "undefined" && value instanceof Blob;
}
function bytesOf(data) {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
function byteLength(data) {
  if (typeof data != "string") return data.byteLength ?? data.size ?? 0;
  let n = data.length;
  for (let i = data.length; i--; ) {
    const code = data.charCodeAt(i);
    if (code > 127) n += code < 2048 || code >> 11 == 27 ? 1 : 2;
  }
  return n;
}
function encodePacket({ type, data }, supportsBinary, callback) {
  if (!isBinary(data)) callback(types.indexOf(type) + (data || ""));
  else if (supportsBinary) callback(data);
  else if (isBlob(data)) data.arrayBuffer().then((buffer) => callback(base64(bytesOf(buffer))));
  else callback(base64(bytesOf(data)));
}
function base64(bytes) {
  let text = "";
  for (const byte of bytes) text += String.fromCharCode(byte);
  return "b" + btoa(text);
}
function decodePacket(encoded, binaryType) {
  if (typeof encoded != "string") return { type: "message", data: toBinaryType(encoded, binaryType) };
  const data = encoded.slice(1);
  if (encoded[0] == "b") {
    try {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      return { type: "message", data: toBinaryType(bytes, binaryType) };
    } catch {
      return parserError;
    }
  }
  const type = types[encoded[0]];
  if (!type) return parserError;
  return data ? { type, data } : { type };
}
function toBinaryType(data, binaryType) {
  if (isBlob(data)) return data;
  if (binaryType == "blob") return new Blob([data]);
  if (binaryType == "nodebuffer") {
    return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return data;
  return data.byteLength == data.buffer.byteLength ? data.buffer : data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
}
function encodePayload(packets, callback) {
  const encoded = [];
  let missing = packets.length;
  packets.forEach(
    (packet, i) => encodePacket(packet, false, (text) => {
      encoded[i] = text;
      if (!--missing) callback(encoded.join(separator));
    })
  );
}
function decodePayload(payload, binaryType) {
  const packets = [];
  for (const text of payload.split(separator)) {
    const packet = decodePacket(text, binaryType);
    packets.push(packet);
    if (packet.type == "error") break;
  }
  return packets;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  byteLength,
  bytesOf,
  decodePacket,
  decodePayload,
  encodePacket,
  encodePayload,
  isBinary,
  isBlob,
  protocol
});
