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
  decode: () => decode,
  encode: () => encode,
  isBinary: () => isBinary,
  parserError: () => parserError,
  protocol: () => protocol
});
module.exports = __toCommonJS(packet_exports);
const protocol = 4;
const types = ["open", "close", "ping", "pong", "message", "upgrade", "noop"];
const parserError = { type: "error", data: "parser error" };
function isBinary(value) {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob;
}
function encode({ type, data }) {
  return isBinary(data) ? data : types.indexOf(type) + (data || "");
}
function decode(encoded) {
  if (typeof encoded != "string") return { type: "message", data: encoded };
  const type = types[encoded[0]];
  return !type ? parserError : encoded[1] ? { type, data: encoded.slice(1) } : { type };
}
function byteLength(data) {
  return typeof data == "string" ? 1 + new Blob([data]).size : data.byteLength ?? data.size;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  byteLength,
  decode,
  encode,
  isBinary,
  parserError,
  protocol
});
