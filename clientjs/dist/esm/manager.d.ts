import type { Connection } from './connection.js';
import { Emitter } from './emitter.js';
import type { EngineOptions } from './options.js';
import { type Packet } from './protocol.js';
import { Socket, type DisconnectDescription, type SocketOptions } from './socket.js';
import type { DefaultEventsMap, EventsMap } from './types.js';
/** The options of a Manager. */
export interface ManagerOptions extends EngineOptions {
    /** Whether to open a connection of its own. Default: false. */
    forceNew: boolean;
    /** Whether several namespaces share a connection. Default: true. */
    multiplex: boolean;
    /** The path of requests. Default: `/socket.io`. */
    path: string;
    /** Whether to reconnect. Default: true. */
    reconnection: boolean;
    /** How often to try to reconnect before giving up. Default: Infinity. */
    reconnectionAttempts: number;
    /** The delay before the first attempt, in ms. It doubles with each. Default: 1000. */
    reconnectionDelay: number;
    /** The longest delay, in ms. Default: 5000. */
    reconnectionDelayMax: number;
    /** How much of a delay is left to chance, from 0 to 1. Default: 0.5. */
    randomizationFactor: number;
    /** How long connecting may take, in ms; false for without limit. Default: 20000. */
    timeout: number | boolean;
    /** Whether to connect at once. Default: true. */
    autoConnect: boolean;
    /** The parser, if it is not the one for JSON. */
    parser: any;
}
/** What a Manager tells. */
export interface ManagerReservedEvents {
    open: () => void;
    error: (err: Error) => void;
    ping: () => void;
    packet: (packet: Packet) => void;
    close: (reason: string, description?: DisconnectDescription) => void;
    reconnect_failed: () => void;
    reconnect_attempt: (attempt: number) => void;
    reconnect_error: (err: Error) => void;
    reconnect: (attempt: number) => void;
}
/**
 * A Manager keeps the connection that its sockets share, one for each namespace, and renews it when it is lost. `io()`
 * makes one when it is needed.
 */
export declare abstract class BaseManager<ListenEvents extends EventsMap = DefaultEventsMap, EmitEvents extends EventsMap = ListenEvents> extends Emitter<{}, {}, ManagerReservedEvents> {
    /** The connection: the one that is, or the last one. Undefined before the first. */
    engine: Connection;
    /** The options. Changes count from the next attempt to connect on. */
    opts: Partial<ManagerOptions>;
    private uri_;
    private current_;
    private timer_;
    private retry_;
    private skipReconnect_;
    private awake_;
    /** Attempts to reconnect since the connection was lost. */
    private attempts_;
    private encoder_;
    private decoder_;
    private settings_;
    constructor(opts: Partial<ManagerOptions>);
    constructor(uri?: string, opts?: Partial<ManagerOptions>);
    constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>);
    /** Returns a new connection. What it is made of depends on where the client runs. */
    protected abstract connect_(uri: string | undefined, opts: EngineOptions): Connection;
    /**
     * Connects, unless connected or about to. The callback gets the error, if there is one; without callback, the Manager
     * tries again by itself.
     */
    open(fn?: (err?: Error) => void): this;
    /** The same as open. */
    connect(fn?: (err?: Error) => void): this;
    /** Calls back with the sockets that want to be connected. */
    private each_;
    private failed_;
    /** Listens no more, and waits no more. */
    private forget_;
    /** The socket of a namespace. There is one for each. */
    socket(nsp: string, opts?: Partial<SocketOptions>): Socket;
    /** Closes the connection, and does not reconnect. */
    disconnect(): void;
    private closed_;
    /** Whether reconnecting is not wanted. */
    private stopped_;
    private reconnect_;
}
export interface BaseManager<ListenEvents extends EventsMap, EmitEvents extends EventsMap> {
    /** Whether to reconnect. */
    reconnection(v: boolean): this;
    reconnection(): boolean;
    reconnection(v?: boolean): this | boolean;
    /** How often to try to reconnect before giving up. */
    reconnectionAttempts(v: number): this;
    reconnectionAttempts(): number;
    reconnectionAttempts(v?: number): this | number;
    /** The delay before the first attempt, in ms. */
    reconnectionDelay(v: number): this;
    reconnectionDelay(): number;
    reconnectionDelay(v?: number): this | number;
    /** The longest delay, in ms. */
    reconnectionDelayMax(v: number): this;
    reconnectionDelayMax(): number;
    reconnectionDelayMax(v?: number): this | number;
    /** How much of a delay is left to chance, from 0 to 1. */
    randomizationFactor(v: number): this;
    randomizationFactor(): number;
    randomizationFactor(v?: number): this | number;
    /** How long connecting may take, in ms; false for without limit. */
    timeout(v: number | boolean): this;
    timeout(): number | boolean;
    timeout(v?: number | boolean): this | number | boolean;
}
