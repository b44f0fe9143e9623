// Socket.IO packets in MessagePack: what socket.io-msgpack-parser sends and exports.

import { Emitter } from './emitter.js';
import { decode } from './msgpack-decode.js';
import { encode } from './msgpack-encode.js';
import { check, PacketType, protocol, reserved, type Packet } from './protocol.js';

export { PacketType, protocol, type Packet };

/** Encodes packets: each is one binary message. */
export class Encoder {
  encode(packet: unknown): [Uint8Array] {
    return [encode(packet)];
  }
}

/** Decodes packets, and emits each as `decoded`. */
export class Decoder extends Emitter<{}, {}, { decoded: (packet: Packet) => void }> {
  /** Decodes a message. It throws an error if that is not a valid packet. */
  add(data: ArrayBuffer | ArrayBufferView): void {
    const packet = decode(data);
    this.checkPacket(packet);
    this.emitReserved('decoded', packet);
  }

  /** Throws an error if a value is not a valid packet. */
  checkPacket(packet: unknown): asserts packet is Packet {
    const { type, nsp, data, id } = Object(packet);
    check(Number.isInteger(type) && type >= 0 && type < 5, 'invalid packet type');
    check(typeof nsp == 'string', 'invalid namespace');
    check(isDataValid(type, data), 'invalid payload');
    check(id === undefined || Number.isInteger(id), 'invalid packet id');
  }

  /** Does nothing: no packet is ever incomplete. */
  destroy(): void {}
}

/** Whether the data is what a packet of the type has. Unlike the official parser, this looks at the names of events. */
function isDataValid(type: PacketType, data: unknown): boolean {
  const isObject = Object.prototype.toString.call(data) == '[object Object]';
  if (type == PacketType.CONNECT) return data === undefined || isObject;
  if (type == PacketType.DISCONNECT) return data === undefined;
  if (type == PacketType.CONNECT_ERROR) return typeof data == 'string' || isObject;
  if (!Array.isArray(data)) return false;
  const [name] = data;
  return type == PacketType.ACK || typeof name == 'number' || (typeof name == 'string' && !reserved.includes(name));
}

export default { protocol, PacketType, Encoder, Decoder };
