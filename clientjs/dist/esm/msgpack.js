import { Emitter } from "./emitter.js";
import { decode } from "./msgpack-decode.js";
import { encode } from "./msgpack-encode.js";
import { check, PacketType, protocol, reserved } from "./protocol.js";
class Encoder {
  encode(packet) {
    return [encode(packet)];
  }
}
class Decoder extends Emitter {
  /** Decodes a message. It throws an error if that is not a valid packet. */
  add(data) {
    const packet = decode(data);
    this.checkPacket(packet);
    this.emit_("decoded", packet);
  }
  /** Throws an error if a value is not a valid packet. */
  checkPacket(packet) {
    const { type, nsp, data, id } = Object(packet);
    check(Number.isInteger(type) && type >= 0 && type < 5, "invalid packet type");
    check(typeof nsp == "string", "invalid namespace");
    check(isDataValid(type, data), "invalid payload");
    check(id === void 0 || Number.isInteger(id), "invalid packet id");
  }
  /** Does nothing: no packet is ever incomplete. */
  destroy() {
  }
}
function isDataValid(type, data) {
  const isObject = Object.prototype.toString.call(data) == "[object Object]";
  if (type == PacketType.CONNECT) return data === void 0 || isObject;
  if (type == PacketType.DISCONNECT) return data === void 0;
  if (type == PacketType.CONNECT_ERROR) return typeof data == "string" || isObject;
  if (!Array.isArray(data)) return false;
  const [name] = data;
  return type == PacketType.ACK || typeof name == "number" || typeof name == "string" && !reserved.includes(name);
}
var msgpack_default = { protocol, PacketType, Encoder, Decoder };
export {
  Decoder,
  Encoder,
  PacketType,
  msgpack_default as default,
  protocol
};
