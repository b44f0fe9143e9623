import { Emitter } from './emitter.js';
import type { BaseManager } from './manager.js';
import { type Packet } from './protocol.js';
import type { CloseDetails } from './transport.js';
import type { AllButLast, DecorateAcknowledgements, DefaultEventsMap, EventNames, EventParams, EventsMap, FirstArg, Last } from './types.js';
/** The options of a socket. */
export interface SocketOptions {
    /** Credentials, or a function that calls back with them each time the socket connects. */
    auth?: {
        [key: string]: any;
    } | ((cb: (data: object) => void) => void);
    /**
     * How often to send an event again that is not acknowledged. Events are then sent one by one, and arrive at least
     * once. Default: 0, which sends each once, at once.
     */
    retries?: number;
    /** How long to wait for an acknowledgement, in ms. Default: for ever. */
    ackTimeout?: number;
    /**
     * How many events may wait for a connection. `emit` throws rather than to keep another one. Default: Infinity.
     */
    maxBuffer?: number;
}
/** What is known about a disconnection. */
export type DisconnectDescription = Error | CloseDetails;
/** An error of the server's middleware. */
export interface ExtendedError extends Error {
    data?: any;
}
/** What a socket tells. */
export interface SocketReservedEvents {
    connect: () => void;
    connect_error: (err: ExtendedError) => void;
    disconnect: (reason: Socket.DisconnectReason, description?: DisconnectDescription) => void;
}
type AnyListener = (...args: any[]) => void;
/**
 * A Socket is the connection to a namespace.
 *
 * @example
 * const socket = io();
 *
 * socket.on('connect', () => socket.emit('hello', 'world'));
 */
export declare class Socket<ListenEvents extends EventsMap = DefaultEventsMap, EmitEvents extends EventsMap = ListenEvents> extends Emitter<ListenEvents, EmitEvents, SocketReservedEvents> {
    /** The Manager, which has the connection. */
    readonly io: BaseManager<ListenEvents, EmitEvents>;
    /** The id of the session, while connected. It is another one after reconnecting, unless `recovered`. */
    id: string | undefined;
    /** Whether the socket is connected. */
    connected: boolean;
    /** Whether the last connection went on where the one before had ended, with the events that were missed. */
    recovered: boolean;
    /** Credentials, or a function that calls back with them each time the socket connects. */
    auth: {
        [key: string]: any;
    } | ((cb: (data: object) => void) => void);
    /** Whether the socket connects by itself once its Manager is connected. */
    active: boolean;
    /** Events that came before the connection was complete. */
    receiveBuffer: Array<ReadonlyArray<any>>;
    /** Packets that wait for the connection. */
    sendBuffer: Packet[];
    private readonly nsp;
    private readonly opts_;
    private pid_;
    private offset_;
    private ids_;
    private flags_;
    private anyListeners_;
    private anyOutgoing_;
    /** Whether the socket is not connected. */
    get disconnected(): boolean;
    /** Connects. */
    connect(): this;
    /** The same as connect. */
    open(): this;
    /** Sends the event `message`. */
    send(...args: any[]): this;
    /**
     * Sends an event. While the socket is not connected, it waits for the connection. Arguments are what JSON knows, and
     * binary data. If the last one is a function, it is called with the acknowledgement.
     *
     * Throws if the event cannot be sent: for a reserved name, for data that JSON does not know, for more than the server
     * takes (its `maxPayload`), or if too many events wait already (`maxBuffer`).
     */
    emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): this;
    private create_;
    private push_;
    /** Waits for an acknowledgement. */
    private await_;
    /**
     * Sends an event, and returns a promise of its acknowledgement. It is rejected when the connection is lost, after the
     * `timeout`, and for what makes `emit` throw.
     */
    emitWithAck<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: AllButLast<EventParams<EmitEvents, Ev>>): Promise<FirstArg<Last<EventParams<EmitEvents, Ev>>>>;
    /** Events to be retried are sent one after the other, each when the one before is acknowledged or given up. */
    private enqueue_;
    /** The callback of an acknowledgement, which is waited for no more. */
    private take_;
    /** Gives up an acknowledgement. Returns whether somebody has been told. */
    private fail_;
    private emitEvent_;
    /** The function that acknowledges an event: once, and in the session that it came in. */
    private ack_;
    private connect_;
    /** Wants no connection any more. */
    private forget_;
    /** Disconnects, for good. The last socket of a Manager closes the connection. */
    disconnect(): this;
    /** The same as disconnect. */
    close(): this;
    /** Whether the next event may be compressed, by transports that can. */
    compress(compress: boolean): this;
    /** The next event is dropped if it cannot be sent at once. */
    get volatile(): this;
    /** The acknowledgement of the next event has to come within so many ms: its callback gets an error first, or null. */
    timeout(timeout: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>>;
    /** Adds a listener for all events. It gets the name first. */
    onAny(listener: AnyListener): this;
    /** Adds a listener for all events, before the others. */
    prependAny(listener: AnyListener): this;
    /** Removes a listener for all events; all of them, if none is given. */
    offAny(listener?: AnyListener): this;
    /** The listeners for all events. Changes of the array count. */
    listenersAny(): AnyListener[];
    /** Adds a listener for all events that are sent. It gets the name first. */
    onAnyOutgoing(listener: AnyListener): this;
    /** Adds a listener for all events that are sent, before the others. */
    prependAnyOutgoing(listener: AnyListener): this;
    /** Removes a listener for all events that are sent; all of them, if none is given. */
    offAnyOutgoing(listener?: AnyListener): this;
    /** The listeners for all events that are sent. Changes of the array count. */
    listenersAnyOutgoing(): AnyListener[];
}
export declare namespace Socket {
    /** Why a socket is disconnected. */
    type DisconnectReason = 'io server disconnect' | 'io client disconnect' | 'ping timeout' | 'transport close' | 'transport error' | 'parse error';
}
export {};
