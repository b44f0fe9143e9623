import { Emitter } from './emitter.js';
import { decode } from './msgpack-decode.js';
import { encode } from './msgpack-encode.js';

/** The revision of the Socket.IO protocol. */
export const protocol = 5;

/** The types of packets. */
export enum PacketType {
  CONNECT,
  DISCONNECT,
  EVENT,
  ACK,
  CONNECT_ERROR,
}

/** A packet of the Socket.IO protocol. */
export interface Packet {
  type: PacketType;
  nsp: string;
  data?: any;
  id?: number;
}

const reserved = /^(connect(_error)?|disconnect(ing)?|(new|remove)Listener)$/;

const isObject = (v: unknown): boolean => Object.prototype.toString.call(v) === '[object Object]';

function isDataValid(type: PacketType, data: unknown): boolean {
  if (type < PacketType.EVENT) return data === undefined || (!type && isObject(data));
  if (type > PacketType.ACK) return typeof data === 'string' || isObject(data);
  if (!Array.isArray(data)) return false;
  const name = data[0];
  return type > PacketType.EVENT || typeof name === 'number' || (typeof name === 'string' && !reserved.test(name));
}

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
    if (!Number.isInteger(type) || type < 0 || type > 4) throw new Error('invalid packet type');
    if (typeof nsp !== 'string') throw new Error('invalid namespace');
    if (!isDataValid(type, data)) throw new Error('invalid payload');
    if (id !== undefined && !Number.isInteger(id)) throw new Error('invalid packet id');
  }

  /** Does nothing: no packet is ever incomplete. */
  destroy(): void {}
}

export default { protocol, PacketType, Encoder, Decoder };
