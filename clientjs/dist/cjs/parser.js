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
  PacketType: () => import_protocol.PacketType,
  protocol: () => import_protocol.protocol
});
module.exports = __toCommonJS(parser_exports);
var import_emitter = require("./emitter.js");
var import_packet = require("./packet.js");
var import_protocol = require("./protocol.js");
class Encoder {
  /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
  encode({ type, nsp, data: data2, id }) {
    const attachments = [];
    const json = JSON.stringify(
      data2,
      type > import_protocol.PacketType.DISCONNECT && hasBinary(data2) ? function(key, value) {
        const part = [this[key], value].find(import_packet.isBinary);
        return part ? { _placeholder: true, num: attachments.push(part) - 1 } : value;
      } : void 0
      // and not false, which is slower
    );
    const head2 = attachments[0] ? type + 3 + `${attachments.length}-` : type;
    return [[head2, nsp != "/" ? nsp + "," : "", id, json].join(""), ...attachments];
  }
}
function hasBinary(value, toJSON = value?.toJSON) {
  if ((0, import_packet.isBinary)(value)) return true;
  if (!value || typeof value != "object") return false;
  return typeof toJSON == "function" ? hasBinary(value.toJSON(), null) : Object.values(value).some((member) => hasBinary(member));
}
const head = /^([0-4]|([56])0*([1-9]\d*)-)((\/[^,]*),?)?(\d+)?/;
const data = /^(0(\{|$)|1$|2\[\s*["\d-]|3\[|4["{])/;
class Decoder extends import_emitter.Emitter {
  /** Takes a message. Throws if it is none that a server may send here. */
  add(message) {
    let packet = this.packet_;
    if (typeof message == "string") {
      const match = head.exec(message);
      (0, import_protocol.check)(match && !packet);
      const [{ length }, type, binaryType, attachments, , nsp = "/", id] = match;
      packet = { type: binaryType ? +binaryType - 3 : +type, nsp };
      if (id) packet.id = +id;
      const json = this.json_ = message.slice(length);
      (0, import_protocol.check)(data.test(packet.type + json));
      if (json) packet.data = JSON.parse(json);
      (0, import_protocol.check)(packet.type != import_protocol.PacketType.EVENT || !import_protocol.reserved.includes(packet.data[0]));
      if (attachments) {
        this.packet_ = packet;
        this.buffers_ = [];
        this.missing_ = +attachments;
        return;
      }
    } else {
      const { buffers_: buffers } = this;
      (0, import_protocol.check)(packet && (0, import_packet.isBinary)(message));
      if (buffers.push(message) < this.missing_) return;
      this.destroy();
      packet.data = JSON.parse(this.json_, (_, value) => {
        if (value?._placeholder !== true) return value;
        const buffer = typeof value.num == "number" && buffers[value.num];
        (0, import_protocol.check)(buffer);
        return buffer;
      });
    }
    this.emit_("decoded", packet);
  }
  /** Forgets the packet that waits for attachments. */
  destroy() {
    this.packet_ = void 0;
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Decoder,
  Encoder,
  PacketType,
  protocol
});
