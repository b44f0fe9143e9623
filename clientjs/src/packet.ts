// Engine.IO packets, protocol 4. What only HTTP long-polling and base64 need is in payload.ts.

import type { RawData } from './types.js';

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

export const parserError: Packet = { type: 'error', data: 'parser error' };

/** Whether a value is binary data. */
export function isBinary(value: unknown): value is ArrayBuffer | ArrayBufferView | Blob {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value) || value instanceof Blob;
}

/** A packet as transports for text and binary data send it. */
export function encode({ type, data }: Packet): RawData {
  return isBinary(data) ? data : types.indexOf(type as 'open') + (data || '');
}

/** Decodes a packet that is text, or binary data as it is wanted. */
export function decode(encoded: RawData): Packet {
  if (typeof encoded != 'string') return { type: 'message', data: encoded };
  const type = types[encoded[0] as any]; // not as a number: a space would be 0
  return !type ? parserError : encoded[1] ? { type, data: encoded.slice(1) } : { type };
}

/** The length in bytes of data as it is sent by transports for text and binary data. */
export function byteLength(data: RawData): number {
  return typeof data == 'string' ? 1 + new Blob([data]).size : (data.byteLength ?? data.size);
}
