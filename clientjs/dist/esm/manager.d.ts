import { Emitter } from './emitter.js';
import { Engine, type EngineOptions, type Platform, type Timers } from './engine.js';
import type { Packet, PacketOptions } from './parser.js';
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
    engine: Engine;
    /** The options. Changes count from the next attempt to connect on. */
    opts: Partial<ManagerOptions>;
    /** @private */
    _autoConnect: boolean;
    /** @private */
    _readyState: 'opening' | 'open' | 'closed';
    /** @private */
    _reconnecting: boolean;
    /** @private */
    setTimeoutFn: Timers['setTimeoutFn'];
    /** @private */
    clearTimeoutFn: Timers['clearTimeoutFn'];
    private uri;
    private nsps;
    private subs;
    private backoff;
    private encoder;
    private decoder;
    private skipReconnect;
    private _reconnection;
    private _reconnectionAttempts;
    private _timeout;
    constructor(opts: Partial<ManagerOptions>);
    constructor(uri?: string, opts?: Partial<ManagerOptions>);
    constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>);
    /** @private What depends on where the client runs. */
    protected abstract get platform(): Platform;
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
    /** How much of a delay is left to chance, from 0 to 1. */
    randomizationFactor(v: number): this;
    randomizationFactor(): number;
    randomizationFactor(v?: number): this | number;
    /** The longest delay, in ms. */
    reconnectionDelayMax(v: number): this;
    reconnectionDelayMax(): number;
    reconnectionDelayMax(v?: number): this | number;
    private setting_;
    /** How long connecting may take, in ms; false for without limit. */
    timeout(v: number | boolean): this;
    timeout(): number | boolean;
    timeout(v?: number | boolean): this | number | boolean;
    /**
     * Connects, unless connected or about to. The callback gets the error, if there is one; without callback, the Manager
     * tries again by itself.
     */
    open(fn?: (err?: Error) => void): this;
    /** The same as open. */
    connect(fn?: (err?: Error) => void): this;
    /** Adds listeners that cleanup removes. */
    private listen_;
    /** Sets a timer that cleanup stops. */
    private after_;
    private onopen;
    /** The socket of a namespace. There is one for each. */
    socket(nsp: string, opts?: Partial<SocketOptions>): Socket;
    /** @private Closes the connection if no socket needs it any more. */
    _destroy(_socket: Socket): void;
    /** @private The messages that a packet is sent as. Throws if the server would close the connection for one. */
    _encode(packet: Packet): any[];
    /** @private Sends messages. */
    _write(messages: any[], options?: PacketOptions): void;
    private cleanup;
    /** @private */
    _close(): void;
    /** Closes the connection, and does not reconnect. */
    disconnect(): void;
    private onclose;
    private reconnect;
}
