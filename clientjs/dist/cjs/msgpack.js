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
var msgpack_exports = {};
__export(msgpack_exports, {
  Decoder: () => Decoder,
  Encoder: () => Encoder,
  PacketType: () => import_protocol.PacketType,
  default: () => msgpack_default,
  protocol: () => import_protocol.protocol
});
module.exports = __toCommonJS(msgpack_exports);
var import_emitter = require("./emitter.js");
var import_msgpack_decode = require("./msgpack-decode.js");
var import_msgpack_encode = require("./msgpack-encode.js");
var import_protocol = require("./protocol.js");
class Encoder {
  encode(packet) {
    return [(0, import_msgpack_encode.encode)(packet)];
  }
}
class Decoder extends import_emitter.Emitter {
  /** Decodes a message. It throws an error if that is not a valid packet. */
  add(data) {
    const packet = (0, import_msgpack_decode.decode)(data);
    this.checkPacket(packet);
    this.emit_("decoded", packet);
  }
  /** Throws an error if a value is not a valid packet. */
  checkPacket(packet) {
    const { type, nsp, data, id } = Object(packet);
    (0, import_protocol.check)(Number.isInteger(type) && type >= 0 && type < 5, "invalid packet type");
    (0, import_protocol.check)(typeof nsp == "string", "invalid namespace");
    (0, import_protocol.check)(isDataValid(type, data), "invalid payload");
    (0, import_protocol.check)(id === void 0 || Number.isInteger(id), "invalid packet id");
  }
  /** Does nothing: no packet is ever incomplete. */
  destroy() {
  }
}
function isDataValid(type, data) {
  const isObject = Object.prototype.toString.call(data) == "[object Object]";
  if (type == import_protocol.PacketType.CONNECT) return data === void 0 || isObject;
  if (type == import_protocol.PacketType.DISCONNECT) return data === void 0;
  if (type == import_protocol.PacketType.CONNECT_ERROR) return typeof data == "string" || isObject;
  if (!Array.isArray(data)) return false;
  const [name] = data;
  return type == import_protocol.PacketType.ACK || typeof name == "number" || typeof name == "string" && !import_protocol.reserved.includes(name);
}
var msgpack_default = { protocol: import_protocol.protocol, PacketType: import_protocol.PacketType, Encoder, Decoder };
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Decoder,
  Encoder,
  PacketType,
  protocol
});
