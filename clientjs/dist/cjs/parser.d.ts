import { Emitter } from './emitter.js';
import { PacketType, protocol, type Packet } from './protocol.js';
export { PacketType, protocol, type Packet };
/** Encodes packets. It holds no state. */
export declare class Encoder {
    /** The messages that a packet is sent as: a text, and its attachments. Throws for data that JSON does not know. */
    encode({ type, nsp, data, id }: Packet): any[];
}
interface DecoderEvents {
    decoded: (packet: Packet) => void;
}
/** Decodes packets. Each one that is complete is given to the listeners of `decoded`. */
export declare class Decoder extends Emitter<{}, {}, DecoderEvents> {
    private packet_;
    private json_;
    private buffers_;
    private missing_;
    /** Takes a message. Throws if it is none that a server may send here. */
    add(message: any): void;
    /** Forgets the packet that waits for attachments. */
    destroy(): void;
}
