import type { RawData } from './types.js';
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
export declare const parserError: Packet;
/** Whether a value is binary data. */
export declare function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView | Blob;
/** A packet as transports for text and binary data send it. */
export declare function encode({ type, data }: Packet): RawData;
/** Decodes a packet that is text, or binary data as it is wanted. */
export declare function decode(encoded: RawData): Packet;
/** The length in bytes of data as it is sent by transports for text and binary data. */
export declare function byteLength(data: RawData): number;
