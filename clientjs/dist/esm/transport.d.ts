import { Emitter } from './emitter.js';
import type { Engine, EngineOptions } from './engine.js';
import { type Packet } from './packet.js';
import type { RawData } from './types.js';
/** What is known about the end of a connection. */
export interface CloseDetails {
    description: string;
    context?: unknown;
}
/** An error of a transport. */
export declare class TransportError extends Error {
    /** A status code, or the error that was its cause. */
    readonly description: any;
    /** The response or event that came with it. */
    readonly context: any;
    readonly type = "TransportError";
    constructor(reason: string, 
    /** A status code, or the error that was its cause. */
    description: any, 
    /** The response or event that came with it. */
    context: any);
}
/** What a transport tells its engine. */
export interface TransportReservedEvents {
    open: () => void;
    error: (err: TransportError) => void;
    packet: (packet: Packet) => void;
    close: (details?: CloseDetails) => void;
    poll: () => void;
    pollComplete: () => void;
    drain: () => void;
}
/** The options of a transport: those of the engine, and what the engine knows. */
export interface TransportOptions extends EngineOptions {
    query: Record<string, any>;
    socket: Engine;
}
/** A class of transports. */
export type TransportCtor = {
    new (opts: any): Transport;
};
/**
 * A way to carry packets. A class of one's own extends it, and is given to `io()` as one of `transports`.
 */
export declare abstract class Transport extends Emitter<{}, {}, TransportReservedEvents> {
    query: Record<string, any>;
    /** Whether packets may be given to send: the ones before have left. */
    writable: boolean;
    protected opts: TransportOptions;
    protected supportsBinary: boolean;
    protected readyState: 'opening' | 'open' | 'closed' | 'pausing' | 'paused' | undefined;
    protected socket: Engine;
    constructor(opts: TransportOptions);
    /** The name by which servers know it. */
    abstract get name(): string;
    /** Opens the transport. */
    open(): this;
    /** Closes the transport. */
    close(): this;
    /** Sends packets. To be called if writable only; `drain` follows. */
    send(packets: Packet[]): void;
    /** Calls back when nothing is under way any more. For transports that another one takes over from. */
    pause(_onPause: () => void): void;
    protected onError(reason: string, description: any, context?: any): this;
    protected onOpen(): void;
    protected onData(data: RawData): void;
    protected onPacket(packet: Packet): void;
    protected onClose(details?: CloseDetails): void;
    /** Tells that packets may be given again, once the engine has taken note of those that have been sent. */
    protected drained(): void;
    /** The URL of a request. */
    protected createUri(schema: string, query?: Record<string, unknown>): string;
    /** The query of a request, with a parameter that makes it one of a kind. */
    protected uniqueQuery(): Record<string, unknown>;
    protected abstract doOpen(): void;
    protected abstract doClose(): void;
    protected abstract write(packets: Packet[]): void;
}
