import { Emitter } from "./emitter.js";
import { isBinary } from "./packet.js";
import { check, PacketType, protocol, reserved } from "./protocol.js";
class Encoder {
  /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
  encode({ type, nsp, data: data2, id }) {
    const attachments = [];
    const json = JSON.stringify(
      data2,
      type > PacketType.DISCONNECT && hasBinary(data2) ? function(key, value) {
        const part = [this[key], value].find(isBinary);
        return part ? { _placeholder: true, num: attachments.push(part) - 1 } : value;
      } : void 0
      // and not false, which is slower
    );
    const head2 = attachments[0] ? type + 3 + `${attachments.length}-` : type;
    return [[head2, nsp != "/" ? nsp + "," : "", id, json].join(""), ...attachments];
  }
}
function hasBinary(value, toJSON = value?.toJSON) {
  if (isBinary(value)) return true;
  if (!value || typeof value != "object") return false;
  return typeof toJSON == "function" ? hasBinary(value.toJSON(), null) : Object.values(value).some((member) => hasBinary(member));
}
const head = /^([0-4]|([56])0*([1-9]\d*)-)((\/[^,]*),?)?(\d+)?/;
const data = /^(0(\{|$)|1$|2\[\s*["\d-]|3\[|4["{])/;
class Decoder extends Emitter {
  /** Takes a message. Throws if it is none that a server may send here. */
  add(message) {
    let packet = this.packet_;
    if (typeof message == "string") {
      const match = head.exec(message);
      check(match && !packet);
      const [{ length }, type, binaryType, attachments, , nsp = "/", id] = match;
      packet = { type: binaryType ? +binaryType - 3 : +type, nsp };
      if (id) packet.id = +id;
      const json = this.json_ = message.slice(length);
      check(data.test(packet.type + json));
      if (json) packet.data = JSON.parse(json);
      check(packet.type != PacketType.EVENT || !reserved.includes(packet.data[0]));
      if (attachments) {
        this.packet_ = packet;
        this.buffers_ = [];
        this.missing_ = +attachments;
        return;
      }
    } else {
      const { buffers_: buffers } = this;
      check(packet && isBinary(message));
      if (buffers.push(message) < this.missing_) return;
      this.destroy();
      packet.data = JSON.parse(this.json_, (_, value) => {
        if (value?._placeholder !== true) return value;
        const buffer = typeof value.num == "number" && buffers[value.num];
        check(buffer);
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
export {
  Decoder,
  Encoder,
  PacketType,
  protocol
};
