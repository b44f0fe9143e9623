import { Emitter } from './emitter.js';
/** The version of the Socket.IO protocol. */
export declare const protocol = 5;
/** The types of packets, by name and by number. */
export declare enum PacketType {
    CONNECT = 0,
    DISCONNECT = 1,
    EVENT = 2,
    ACK = 3,
    CONNECT_ERROR = 4,
    BINARY_EVENT = 5,
    BINARY_ACK = 6
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
    /** Takes a message. Throws if it is none that a server may send here. */
    add(data: any): void;
    /** Forgets the packet that waits for attachments. */
    destroy(): void;
    private text_;
    private attachment_;
}
export {};
