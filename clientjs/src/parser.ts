// Socket.IO packets, protocol 5, in their JSON encoding.

import { Emitter } from './emitter.js';
import { isBinary } from './packet.js';
import { check, PacketType, protocol, reserved, type Packet } from './protocol.js';

export { PacketType, protocol, type Packet };

/** Encodes packets. It holds no state. */
export class Encoder {
  /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
  encode({ type, nsp, data, id }: Packet): any[] {
    const attachments: unknown[] = [];
    const binary = (type == PacketType.EVENT || type == PacketType.ACK) && hasBinary(data);
    const json = JSON.stringify(
      data ?? undefined,
      binary
        ? function (this: any, key, value) {
            const original = this[key]; // a Buffer has a toJSON
            const part = isBinary(original) ? original : value;
            return isBinary(part) ? { _placeholder: true, num: attachments.push(part) - 1 } : value;
          }
        : undefined,
    );
    const head = binary ? type + 3 + `${attachments.length}-` : type;
    return [head + (nsp && nsp != '/' ? nsp + ',' : '') + (id ?? '') + (json ?? ''), ...attachments];
  }
}

/** Whether there is binary data in a value, or in what its toJSON makes of it. */
function hasBinary(value: any, toJSON = value?.toJSON): boolean {
  if (isBinary(value)) return true;
  if (!value || typeof value != 'object') return false;
  return typeof toJSON == 'function'
    ? hasBinary(value.toJSON(), null)
    : Object.values(value).some((member) => hasBinary(member));
}

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
    const packet = typeof data == 'string' ? this.text_(data) : this.attachment_(data);
    if (packet) this.emitReserved('decoded', packet);
  }

  /** Forgets the packet that waits for attachments. */
  destroy(): void {
    this.packet_ = undefined;
    this.buffers_ = [];
  }

  private text_(text: string): Packet | void {
    const match = head.exec(text);
    check(match && !this.packet_, 'invalid packet');
    const [{ length }, type, attachments, nsp = '/', id] = match;
    const packet: Packet = { type: +type!, nsp };
    if (id) packet.id = +id;
    this.json_ = text.slice(length);
    if (this.json_) packet.data = JSON.parse(this.json_);
    if (packet.type > 4) {
      packet.type -= 3;
      packet.attachments = +(attachments || 0);
    }
    check(isValid(packet) && packet.attachments !== 0 && !attachments == !packet.attachments, 'invalid packet');
    if (!attachments) return packet;
    this.packet_ = packet;
  }

  private attachment_(data: unknown): Packet | void {
    const { packet_: packet, buffers_: buffers } = this;
    check(packet && isBinary(data), 'invalid packet');
    if (buffers.push(data) < packet.attachments!) return;
    this.destroy();
    delete packet.attachments;
    // Parsing it again is how data can be replaced in it whatever its keys are called: `__proto__` is one.
    packet.data = JSON.parse(this.json_, (_, value) => {
      if (value?._placeholder !== true) return value;
      const buffer = typeof value.num == 'number' && buffers[value.num];
      check(buffer, 'invalid packet');
      return buffer;
    });
    return packet;
  }
}

/** Whether a packet has data that its type may have. */
function isValid({ type, data }: Packet): boolean {
  if (Array.isArray(data)) {
    const name = data[0];
    return (
      type == PacketType.ACK ||
      (type == PacketType.EVENT && (typeof name == 'number' || (typeof name == 'string' && !reserved.includes(name))))
    );
  }
  return data === undefined
    ? type < PacketType.EVENT
    : !!data &&
        (type == PacketType.CONNECT || type == PacketType.CONNECT_ERROR) &&
        (typeof data == 'object' || (type == PacketType.CONNECT_ERROR && typeof data == 'string'));
}
