// Engine.IO packets for transports that carry text only, and payloads, in which HTTP long-polling sends several.

import { decode, encode, isBinary, parserError, type Packet } from './packet.js';
import type { BinaryType, RawData } from './types.js';

/** The byte that separates the packets of a payload. */
const separator = '\x1e';

/** The bytes of binary data, not copied. */
export function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** A packet as text: at once, unless a Blob has to be read before. */
export function encodeText(packet: Packet): string | Promise<string> {
  const { data } = packet;
  if (!isBinary(data)) return encode(packet);
  return data instanceof Blob ? data.arrayBuffer().then(base64) : base64(data);
}

function base64(data: ArrayBuffer | ArrayBufferView): string {
  let text = '';
  for (const byte of bytesOf(data)) text += String.fromCharCode(byte);
  return 'b' + btoa(text);
}

/** Decodes a packet: text, with binary data as base64, or bytes. */
export function decodePacket(encoded: RawData, binaryType?: BinaryType): Packet {
  if (typeof encoded == 'string') {
    if (encoded[0] != 'b') return decode(encoded);
    try {
      encoded = Uint8Array.from(atob(encoded.slice(1)), (c) => c.charCodeAt(0));
    } catch {
      return parserError;
    }
  }
  return decode(toBinaryType(encoded, binaryType));
}

declare const Buffer: { from(data: unknown, offset?: number, length?: number): unknown };

/** Turns received bytes into what the user wants them to be. */
function toBinaryType(data: ArrayBuffer | Uint8Array | Blob, binaryType?: BinaryType): RawData {
  if (data instanceof Blob) return data;
  if (binaryType == 'blob') return new Blob([data as BlobPart]);
  const { buffer, byteOffset, byteLength } = bytesOf(data);
  if (!IN_BUNDLE && binaryType == 'nodebuffer') return Buffer.from(buffer, byteOffset, byteLength);
  return byteLength == buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

/** The packets as one text. */
export async function encodePayload(packets: Packet[]): Promise<string> {
  return (await Promise.all(packets.map(encodeText))).join(separator);
}

/** The packets of a payload, up to the first that is undecodable. */
export function decodePayload(payload: string, binaryType?: BinaryType): Packet[] {
  const packets: Packet[] = [];
  for (const text of payload.split(separator)) {
    const packet = decodePacket(text, binaryType);
    packets.push(packet);
    if (packet == parserError) break;
  }
  return packets;
}
