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
    options?: PacketOptions;
}
/** How a packet is to be sent. */
export interface PacketOptions {
    compress?: boolean;
}
/** Throws an error unless a condition holds. */
export declare function check(ok: unknown, message?: string): asserts ok;
/** Names of events that are the library's own. A server that sends one is broken. */
export declare const reserved: string[];
