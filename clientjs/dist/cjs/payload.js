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
var payload_exports = {};
__export(payload_exports, {
  bytesOf: () => bytesOf,
  decodePacket: () => decodePacket,
  decodePayload: () => decodePayload,
  encodePayload: () => encodePayload,
  encodeText: () => encodeText
});
module.exports = __toCommonJS(payload_exports);
var import_packet = require("./packet.js");
const separator = "";
function bytesOf(data) {
  return data instanceof ArrayBuffer ? new Uint8Array(data) : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
function encodeText(packet) {
  const { data } = packet;
  if (!(0, import_packet.isBinary)(data)) return (0, import_packet.encode)(packet);
  return data instanceof Blob ? data.arrayBuffer().then(base64) : base64(data);
}
function base64(data) {
  let text = "";
  for (const byte of bytesOf(data)) text += String.fromCharCode(byte);
  return "b" + btoa(text);
}
function decodePacket(encoded, binaryType) {
  if (typeof encoded == "string") {
    if (encoded[0] != "b") return (0, import_packet.decode)(encoded);
    try {
      encoded = Uint8Array.from(atob(encoded.slice(1)), (c) => c.charCodeAt(0));
    } catch {
      return import_packet.parserError;
    }
  }
  return (0, import_packet.decode)(toBinaryType(encoded, binaryType));
}
function toBinaryType(data, binaryType) {
  if (data instanceof Blob) return data;
  if (binaryType == "blob") return new Blob([data]);
  const { buffer, byteOffset, byteLength } = bytesOf(data);
  if (binaryType == "nodebuffer") return Buffer.from(buffer, byteOffset, byteLength);
  return byteLength == buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}
async function encodePayload(packets) {
  return (await Promise.all(packets.map(encodeText))).join(separator);
}
function decodePayload(payload, binaryType) {
  const packets = [];
  for (const text of payload.split(separator)) {
    const packet = decodePacket(text, binaryType);
    packets.push(packet);
    if (packet == import_packet.parserError) break;
  }
  return packets;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  bytesOf,
  decodePacket,
  decodePayload,
  encodePayload,
  encodeText
});
