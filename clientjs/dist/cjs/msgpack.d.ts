import { Emitter } from './emitter.js';
import { PacketType, protocol, type Packet } from './protocol.js';
export { PacketType, protocol, type Packet };
/** Encodes packets: each is one binary message. */
export declare class Encoder {
    encode(packet: unknown): [Uint8Array];
}
/** Decodes packets, and emits each as `decoded`. */
export declare class Decoder extends Emitter<{}, {}, {
    decoded: (packet: Packet) => void;
}> {
    /** Decodes a message. It throws an error if that is not a valid packet. */
    add(data: ArrayBuffer | ArrayBufferView): void;
    /** Throws an error if a value is not a valid packet. */
    checkPacket(packet: unknown): asserts packet is Packet;
    /** Does nothing: no packet is ever incomplete. */
    destroy(): void;
}
declare const _default: {
    protocol: number;
    PacketType: typeof PacketType;
    Encoder: typeof Encoder;
    Decoder: typeof Decoder;
};
export default _default;
