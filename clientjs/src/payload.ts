// Engine.IO packets for transports that carry text only, and payloads, in which HTTP long-polling sends several.

import { decode, encode, isBinary, isBlob, parserError, type Packet } from './packet.js';
import type { BinaryType, RawData } from './types.js';

/** The byte that separates the packets of a payload. */
const separator = '\x1e';

/** The bytes of binary data, not copied. */
export function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Calls back with a packet as it is sent: at once, unless a Blob has to be read before. */
export function encodePacket(packet: Packet, supportsBinary: boolean, callback: (encoded: RawData) => void): void {
  const { data } = packet;
  if (supportsBinary || !isBinary(data)) callback(encode(packet));
  else if (isBlob(data)) data.arrayBuffer().then((buffer) => callback(base64(buffer)));
  else callback(base64(data));
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
  if (isBlob(data)) return data;
  if (binaryType == 'blob') return new Blob([data as BlobPart]);
  const { buffer, byteOffset, byteLength } = bytesOf(data);
  if (binaryType == 'nodebuffer') return Buffer.from(buffer, byteOffset, byteLength);
  return byteLength == buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

/** Calls back with the packets as one text. */
export function encodePayload(packets: Packet[], callback: (payload: string) => void): void {
  const encoded: string[] = [];
  let missing = packets.length;
  packets.forEach((packet, i) =>
    encodePacket(packet, false, (text) => {
      encoded[i] = text;
      if (!--missing) callback(encoded.join(separator));
    }),
  );
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
