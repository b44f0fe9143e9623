// What all parsers have in common: Socket.IO protocol 5.

/** The version of the Socket.IO protocol. */
export const protocol = 5;

/** The types of packets, by name and by number. */
export enum PacketType {
  CONNECT,
  DISCONNECT,
  EVENT,
  ACK,
  CONNECT_ERROR,
  BINARY_EVENT,
  BINARY_ACK,
}

/** A Socket.IO packet. */
export interface Packet {
  type: PacketType;
  nsp: string;
  data?: any;
  id?: number;
  attachments?: number;
  options?: PacketOptions;
}

/** How a packet is to be sent. */
export interface PacketOptions {
  compress?: boolean;
}

/** Throws an error unless a condition holds. */
export function check(ok: unknown, message = 'invalid packet'): asserts ok {
  if (!ok) throw new Error(message);
}

/** Names of events that are the library's own. A server that sends one is broken. */
export const reserved = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];
