import { Emitter } from './emitter.js';
import type { EngineOptions } from './options.js';
import { type Packet, type WriteOptions } from './packet.js';
import type { CloseDetails, Transport } from './transport.js';
import type { BinaryType, RawData } from './types.js';
/** What a server says of a session. */
export interface HandshakeData {
    sid: string;
    upgrades: string[];
    pingInterval: number;
    pingTimeout: number;
    maxPayload: number;
}
/** What a connection tells. */
export interface EngineReservedEvents {
    open: () => void;
    handshake: (data: HandshakeData) => void;
    packet: (packet: Packet) => void;
    packetCreate: (packet: Packet) => void;
    data: (data: RawData) => void;
    message: (data: RawData) => void;
    drain: () => void;
    flush: () => void;
    ping: () => void;
    pong: () => void;
    error: (err: Error) => void;
    upgrading: (transport: Transport) => void;
    upgrade: (transport: Transport) => void;
    upgradeError: (err: Error) => void;
    close: (reason: string, description?: CloseDetails | Error) => void;
}
/** What a connection gets of its Manager. */
export interface Host {
    /** Calls back after so many ms. Returns what stop_ takes. */
    after_(delay: number, fn: () => void): any;
    /** Stops a timer. */
    stop_(timer: any): void;
}
/** The session with a server: handshake, heartbeat, messages. How packets are sent is up to its subclasses. */
export declare abstract class Connection extends Emitter<{}, {}, EngineReservedEvents> {
    /** The id of the session, which only server and client know. */
    id: string | null;
    readyState: 'opening' | 'open' | 'closing' | 'closed';
    /** What received binary data becomes. */
    binaryType: BinaryType;
    /** The options, with what the URL has. */
    opts: EngineOptions;
    /** When the server must have been heard of. Timers stand still while a device sleeps. */
    _pingTimeoutTime: number;
    /** The largest message that the server takes, in bytes, if it said. */
    maxPayload_: number | undefined;
    host_: Host;
    private pingDelay_;
    private timer_;
    /** What is used now to send packets. */
    abstract transport: {
        name: string;
        writable?: boolean;
    };
    constructor(uri: string | undefined, opts: EngineOptions, host: Host, binaryType: BinaryType);
    /** Sends a packet, as soon as it can be. */
    protected abstract push_(packet: Packet): void;
    /** Closes the transport. Nothing is heard of it any more. */
    abstract stop_(): void;
    /** The size in bytes of a message, as the server counts it. */
    sizeOf_(data: RawData): number;
    protected onPacket_(packet: Packet): void;
    protected onHandshake_(data: HandshakeData): void;
    private heard_;
    private expire_;
    /**
     * Whether the server should have been heard of by now. If so, the connection is closed, a moment later. It tells what
     * the timer would have told if the device had not been asleep.
     */
    expired_(): boolean;
    /** Sends a message. */
    write(data: RawData, options?: WriteOptions): this;
    /** The same as write. */
    send(data: RawData, options?: WriteOptions): this;
    protected send_(type: Packet['type'], data?: RawData, options?: WriteOptions): void;
    /** Closes the connection. */
    close(): this;
    protected fail_(err: Error): void;
    end_(reason: string, description?: CloseDetails | Error): void;
}
