import { type Packet } from './packet.js';
import type { BinaryType, RawData } from './types.js';
/** The bytes of binary data, not copied. */
export declare function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array;
/** A packet as text: at once, unless a Blob has to be read before. */
export declare function encodeText(packet: Packet): string | Promise<string>;
/** Decodes a packet: text, with binary data as base64, or bytes. */
export declare function decodePacket(encoded: RawData, binaryType?: BinaryType): Packet;
/** The packets as one text. */
export declare function encodePayload(packets: Packet[]): Promise<string>;
/** The packets of a payload, up to the first that is undecodable. */
export declare function decodePayload(payload: string, binaryType?: BinaryType): Packet[];
