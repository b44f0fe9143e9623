// Engine.IO packets and payloads, protocol 4.

import type { BinaryType, RawData } from './types.js';

/** The version of the Engine.IO protocol. */
export const protocol = 4;

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

const types = ['open', 'close', 'ping', 'pong', 'message', 'upgrade', 'noop'] as const;

const parserError: Packet = { type: 'error', data: 'parser error' };

/** The byte that separates the packets of a payload. */
const separator = '\x1e';

/** Whether a value is binary data, which is sent as it is. */
export function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView | Blob {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || isBlob(value);
}

/** Whether a value is a Blob or a File, which have to be read before they can be encoded. */
export function isBlob(value: unknown): value is Blob {
  return typeof Blob != 'undefined' && value instanceof Blob;
}

/** The bytes of binary data, not copied. */
export function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** The length in bytes of data that is sent as text or as it is. */
export function byteLength(data: RawData): number {
  if (typeof data != 'string') return data.byteLength ?? data.size ?? 0;
  let n = data.length;
  for (let i = data.length; i--; ) {
    const code = data.charCodeAt(i);
    if (code > 0x7f) n += code < 0x800 || code >> 11 == 27 ? 1 : 2; // 27: a half of what has four bytes
  }
  return n;
}

/** Calls back with a packet as it is sent; at once, unless a Blob has to be read before. */
export function encodePacket(
  { type, data }: Packet,
  supportsBinary: boolean,
  callback: (encoded: RawData) => void,
): void {
  if (!isBinary(data)) callback(types.indexOf(type as 'open') + (data || ''));
  else if (supportsBinary) callback(data);
  else if (isBlob(data)) data.arrayBuffer().then((buffer) => callback(base64(bytesOf(buffer))));
  else callback(base64(bytesOf(data)));
}

function base64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return 'b' + btoa(text);
}

/** Decodes what has been received. */
export function decodePacket(encoded: RawData, binaryType?: BinaryType): Packet {
  if (typeof encoded != 'string') return { type: 'message', data: toBinaryType(encoded, binaryType) };
  const data = encoded.slice(1);
  if (encoded[0] == 'b') {
    try {
      const bytes = Uint8Array.from(atob(data), (c) => c.charCodeAt(0));
      return { type: 'message', data: toBinaryType(bytes, binaryType) };
    } catch {
      return parserError;
    }
  }
  const type = types[encoded[0] as unknown as number];
  if (!type) return parserError;
  return data ? { type, data } : { type };
}

declare const Buffer: { from(data: unknown, offset?: number, length?: number): unknown };

/** Turns received bytes into what the user wants them to be. */
function toBinaryType(data: ArrayBuffer | Uint8Array | Blob, binaryType?: BinaryType): RawData {
  if (isBlob(data)) return data;
  if (binaryType == 'blob') return new Blob([data as BlobPart]);
  if (binaryType == 'nodebuffer') {
    return data instanceof ArrayBuffer ? Buffer.from(data) : Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  }
  if (data instanceof ArrayBuffer) return data;
  return data.byteLength == data.buffer.byteLength
    ? data.buffer
    : data.buffer.slice(data.byteOffset, data.byteOffset + data.byteLength);
}

/** Calls back with the packets as one text, as HTTP long-polling sends them. */
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
    if (packet.type == 'error') break;
  }
  return packets;
}
