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
var parser_exports = {};
__export(parser_exports, {
  Decoder: () => Decoder,
  Encoder: () => Encoder,
  PacketType: () => PacketType,
  protocol: () => protocol
});
module.exports = __toCommonJS(parser_exports);
var import_emitter = require("./emitter.js");
var import_packet = require("./packet.js");
const protocol = 5;
var PacketType = /* @__PURE__ */ ((PacketType2) => {
  PacketType2[PacketType2["CONNECT"] = 0] = "CONNECT";
  PacketType2[PacketType2["DISCONNECT"] = 1] = "DISCONNECT";
  PacketType2[PacketType2["EVENT"] = 2] = "EVENT";
  PacketType2[PacketType2["ACK"] = 3] = "ACK";
  PacketType2[PacketType2["CONNECT_ERROR"] = 4] = "CONNECT_ERROR";
  PacketType2[PacketType2["BINARY_EVENT"] = 5] = "BINARY_EVENT";
  PacketType2[PacketType2["BINARY_ACK"] = 6] = "BINARY_ACK";
  return PacketType2;
})(PacketType || {});
class Encoder {
  /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
  encode({ type, nsp, data, id }) {
    const attachments = [];
    let json = "";
    if (data != null) {
      json = (type == 2 /* EVENT */ || type == 3 /* ACK */) && hasBinary(data, true) ? JSON.stringify(data, function(key, value) {
        const original = this[key];
        const binary = (0, import_packet.isBinary)(original) ? original : value;
        return (0, import_packet.isBinary)(binary) ? { _placeholder: true, num: attachments.push(binary) - 1 } : value;
      }) : JSON.stringify(data);
    }
    const head2 = attachments.length ? type + 3 + `${attachments.length}-` : type;
    return [head2 + (nsp && nsp != "/" ? nsp + "," : "") + (id ?? "") + json, ...attachments];
  }
}
function hasBinary(value, toJSON) {
  if (!value || typeof value != "object") return false;
  if ((0, import_packet.isBinary)(value)) return true;
  if (Array.isArray(value)) return value.some((v) => hasBinary(v, true));
  if (toJSON && typeof value.toJSON == "function") return hasBinary(value.toJSON());
  return Object.keys(value).some((key) => hasBinary(value[key], true));
}
const reserved = ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];
const head = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?/;
class Decoder extends import_emitter.Emitter {
  constructor() {
    super(...arguments);
    // that waits for attachments
    this.json_ = "";
    this.buffers_ = [];
  }
  /** Takes a message. Throws if it is none that a server may send here. */
  add(data) {
    if (typeof data == "string") this.text_(data);
    else if ((0, import_packet.isBinary)(data)) this.attachment_(data);
    else throw new Error("unknown type of message");
  }
  /** Forgets the packet that waits for attachments. */
  destroy() {
    this.packet_ = void 0;
    this.buffers_ = [];
  }
  text_(text) {
    if (this.packet_) throw new Error("got text instead of an attachment");
    const match = head.exec(text);
    if (!match) throw new Error("unknown packet type");
    const type = +match[1];
    const packet = { type, nsp: match[3] || "/" };
    if (match[4]) packet.id = +match[4];
    const attachments = +(match[2] || 0);
    const json = text.slice(match[0].length);
    if (json) packet.data = JSON.parse(json);
    if (type > 4 != attachments > 0) throw new Error("illegal attachments");
    if (type > 4) packet.type -= 3;
    if (!isValid(packet)) throw new Error("invalid payload");
    if (attachments) {
      packet.attachments = attachments;
      this.packet_ = packet;
      this.json_ = json;
    } else {
      this.emitReserved("decoded", packet);
    }
  }
  attachment_(data) {
    const packet = this.packet_;
    if (!packet) throw new Error("got an attachment of no packet");
    const buffers = this.buffers_;
    if (buffers.push(data) < packet.attachments) return;
    this.destroy();
    delete packet.attachments;
    packet.data = JSON.parse(this.json_, (_, value) => {
      if (!value || value._placeholder !== true) return value;
      const buffer = typeof value.num == "number" && buffers[value.num];
      if (!buffer) throw new Error("illegal attachments");
      return buffer;
    });
    this.emitReserved("decoded", packet);
  }
}
function isValid({ type, data }) {
  const isObject = !!data && typeof data == "object" && !Array.isArray(data);
  switch (type) {
    case 0 /* CONNECT */:
      return data === void 0 || isObject;
    case 1 /* DISCONNECT */:
      return data === void 0;
    case 4 /* CONNECT_ERROR */:
      return typeof data == "string" || isObject;
    case 2 /* EVENT */:
      return Array.isArray(data) && (typeof data[0] == "number" || typeof data[0] == "string" && !reserved.includes(data[0]));
    default:
      return Array.isArray(data);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Decoder,
  Encoder,
  PacketType,
  protocol
});
