import type { BinaryType, RawData } from './types.js';
/** The version of the Engine.IO protocol. */
export declare const protocol = 4;
/** An Engine.IO packet. An undecodable one is of type `error`. */
export interface Packet {
    type: 'open' | 'close' | 'ping' | 'pong' | 'message' | 'upgrade' | 'noop' | 'error';
    data?: RawData;
    options?: WriteOptions;
}
/** How a packet is to be sent. */
export interface WriteOptions {
    compress?: boolean;
}
/** Whether a value is binary data, which is sent as it is. */
export declare function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView | Blob;
/** Whether a value is a Blob or a File, which have to be read before they can be encoded. */
export declare function isBlob(value: unknown): value is Blob;
/** The bytes of binary data, not copied. */
export declare function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array;
/** The length in bytes of data that is sent as text or as it is. */
export declare function byteLength(data: RawData): number;
/** Calls back with a packet as it is sent; at once, unless a Blob has to be read before. */
export declare function encodePacket({ type, data }: Packet, supportsBinary: boolean, callback: (encoded: RawData) => void): void;
/** Decodes what has been received. */
export declare function decodePacket(encoded: RawData, binaryType?: BinaryType): Packet;
/** Calls back with the packets as one text, as HTTP long-polling sends them. */
export declare function encodePayload(packets: Packet[], callback: (payload: string) => void): void;
/** The packets of a payload, up to the first that is undecodable. */
export declare function decodePayload(payload: string, binaryType?: BinaryType): Packet[];
