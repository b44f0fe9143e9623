// Socket.IO packets, protocol 5, in their JSON encoding.

import { Emitter } from './emitter.js';
import { isBinary } from './packet.js';

/** The version of the Socket.IO protocol. */
export const protocol = 5;

/** The types of packets, by name and by number. */
export enum PacketType {
  CONNECT,
  DISCONNECT,
  EVENT,
  ACK,
  CONNECT_ERROR,
  BINARY_EVENT,
  BINARY_ACK,
}

/** A Socket.IO packet. */
export interface Packet {
  type: PacketType;
  nsp: string;
  data?: any;
  id?: number;
  attachments?: number;
}

/** What may be said about how a packet is sent. */
export interface PacketOptions {
  compress?: boolean;
}

/** Encodes packets. It holds no state. */
export class Encoder {
  /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
  encode({ type, nsp, data, id }: Packet): any[] {
    const attachments: unknown[] = [];
    let json = '';
    if (data != null) {
      json = (type == PacketType.EVENT || type == PacketType.ACK) && hasBinary(data, true)
        ? JSON.stringify(data, function (this: any, key, value) {
            const original = this[key]; // a Buffer has a toJSON
            const binary = isBinary(original) ? original : value;
            return isBinary(binary) ? { _placeholder: true, num: attachments.push(binary) - 1 } : value;
          })
        : JSON.stringify(data);
    }
    const head = attachments.length ? type + 3 + `${attachments.length}-` : type;
    return [head + (nsp && nsp != '/' ? nsp + ',' : '') + (id ?? '') + json, ...attachments];
  }
}

/** Whether there is binary data in a value. */
function hasBinary(value: any, toJSON?: boolean): boolean {
  if (!value || typeof value != 'object') return false;
  if (isBinary(value)) return true;
  if (Array.isArray(value)) return value.some((v) => hasBinary(v, true));
  if (toJSON && typeof value.toJSON == 'function') return hasBinary(value.toJSON());
  return Object.keys(value).some((key) => hasBinary(value[key], true));
}

/** Names of events that are the library's: a server that sends one is broken. */
const reserved = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];

/** Type, number of attachments, namespace, id. */
const head = /^([0-6])(?:(\d+)-)?(?:(\/[^,]*),?)?(\d+)?/;

interface DecoderEvents {
  decoded: (packet: Packet) => void;
}

/** Decodes packets. Each one that is complete is given to the listeners of `decoded`. */
export class Decoder extends Emitter<{}, {}, DecoderEvents> {
  private packet_: Packet | undefined; // that waits for attachments
  private json_ = '';
  private buffers_: unknown[] = [];

  /** Takes a message. Throws if it is none that a server may send here. */
  add(data: any): void {
    if (typeof data == 'string') this.text_(data);
    else if (isBinary(data)) this.attachment_(data);
    else throw new Error('unknown type of message');
  }

  /** Forgets the packet that waits for attachments. */
  destroy(): void {
    this.packet_ = undefined;
    this.buffers_ = [];
  }

  private text_(text: string): void {
    if (this.packet_) throw new Error('got text instead of an attachment');
    const match = head.exec(text);
    if (!match) throw new Error('unknown packet type');
    const type = +match[1]!;
    const packet: Packet = { type, nsp: match[3] || '/' };
    if (match[4]) packet.id = +match[4];
    const attachments = +(match[2] || 0);
    const json = text.slice(match[0].length);
    if (json) packet.data = JSON.parse(json);
    if (type > 4 != attachments > 0) throw new Error('illegal attachments');
    if (type > 4) packet.type -= 3;
    if (!isValid(packet)) throw new Error('invalid payload');
    if (attachments) {
      packet.attachments = attachments;
      this.packet_ = packet;
      this.json_ = json;
    } else {
      this.emitReserved('decoded', packet);
    }
  }

  private attachment_(data: unknown): void {
    const packet = this.packet_;
    if (!packet) throw new Error('got an attachment of no packet');
    const buffers = this.buffers_;
    if (buffers.push(data) < packet.attachments!) return;
    this.destroy();
    delete packet.attachments;
    // Parsing it again is how data can be replaced in it whatever its keys are called: `__proto__` is one.
    packet.data = JSON.parse(this.json_, (_, value) => {
      if (!value || value._placeholder !== true) return value;
      const buffer = typeof value.num == 'number' && buffers[value.num];
      if (!buffer) throw new Error('illegal attachments');
      return buffer;
    });
    this.emitReserved('decoded', packet);
  }
}

/** Whether a packet has data that its type may have. */
function isValid({ type, data }: Packet): boolean {
  const isObject = !!data && typeof data == 'object' && !Array.isArray(data);
  switch (type) {
    case PacketType.CONNECT:
      return data === undefined || isObject;
    case PacketType.DISCONNECT:
      return data === undefined;
    case PacketType.CONNECT_ERROR:
      return typeof data == 'string' || isObject;
    case PacketType.EVENT:
      return (
        Array.isArray(data) &&
        (typeof data[0] == 'number' || (typeof data[0] == 'string' && !reserved.includes(data[0])))
      );
    default:
      return Array.isArray(data);
  }
}
