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
    const json = JSON.stringify(
      data,
      type > PacketType.DISCONNECT && hasBinary(data)
        ? function (this: any, key, value) {
            const part = [this[key], value].find(isBinary); // a Buffer has a toJSON
            return part ? { _placeholder: true, num: attachments.push(part) - 1 } : value;
          }
        : undefined, // and not false, which is slower
    );
    const head = attachments[0] ? type + 3 + `${attachments.length}-` : type;
    return [[head, nsp != '/' ? nsp + ',' : '', id, json].join(''), ...attachments];
  }
}

/** Whether a value is binary data, or has some: without, to encode it takes no function for each of its members. */
function hasBinary(value: any, toJSON = value?.toJSON): boolean {
  if (isBinary(value)) return true;
  if (!value || typeof value != 'object') return false;
  return typeof toJSON == 'function'
    ? hasBinary(value.toJSON(), null)
    : Object.values(value).some((member) => hasBinary(member));
}

/** Type, or the type and the number of attachments; namespace; id. */
const head = /^([0-4]|([56])0*([1-9]\d*)-)((\/[^,]*),?)?(\d+)?/;

/** How the data of a type begins: none or an object, none, an array with a name, an array, a text or an object. */
const data = /^(0(\{|$)|1$|2\[\s*["\d-]|3\[|4["{])/;

interface DecoderEvents {
  decoded: (packet: Packet) => void;
}

/** Decodes packets. Each one that is complete is given to the listeners of `decoded`. */
export class Decoder extends Emitter<{}, {}, DecoderEvents> {
  private packet_: Packet | undefined; // that waits for attachments
  // Of that packet, set with it.
  private json_!: string;
  private buffers_!: unknown[];
  private missing_!: number;

  /** Takes a message. Throws if it is none that a server may send here. */
  add(message: any): void {
    let packet = this.packet_;
    if (typeof message == 'string') {
      const match = head.exec(message);
      check(match && !packet);
      const [{ length }, type, binaryType, attachments, , nsp = '/', id] = match;
      packet = { type: binaryType ? +binaryType - 3 : +type!, nsp };
      if (id) packet.id = +id;
      const json = (this.json_ = message.slice(length));
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
      // Parsing it again is how data can be replaced in it whatever its keys are called: `__proto__` is one.
      packet.data = JSON.parse(this.json_, (_, value) => {
        if (value?._placeholder !== true) return value;
        const buffer = typeof value.num == 'number' && buffers[value.num];
        check(buffer);
        return buffer;
      });
    }
    this.emit_('decoded', packet);
  }

  /** Forgets the packet that waits for attachments. */
  destroy(): void {
    this.packet_ = undefined;
  }
}
