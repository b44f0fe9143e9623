import { Emitter } from './emitter.js';
import type { Engine } from './engine.js';
import type { EngineOptions } from './options.js';
import type { Packet } from './packet.js';
/** What is known about the end of a connection. */
export interface CloseDetails {
    description: string;
    context?: unknown;
}
/** An error of a transport. */
export interface TransportError extends Error {
    type: 'TransportError';
    /** A status code, or the error that was its cause. */
    description: unknown;
    /** The response or event that came with it. */
    context: unknown;
}
/** Returns an error of a transport. */
export declare function transportError(reason: string, description: unknown, context?: unknown): TransportError;
/** What a transport tells its engine. */
export interface TransportReservedEvents {
    open: () => void;
    error: (err: TransportError) => void;
    packet: (packet: Packet) => void;
    close: (details?: CloseDetails) => void;
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
    new (opts: any): any;
};
/** A way to carry packets. */
export declare abstract class Transport extends Emitter<{}, {}, TransportReservedEvents> {
    query: Record<string, any>;
    /** Whether packets may be given to send: the ones before have left. */
    writable?: boolean;
    protected opts_: TransportOptions;
    protected state_: 'opening' | 'open' | 'closed' | 'pausing' | 'paused' | undefined;
    protected host_: Engine;
    constructor(opts: TransportOptions);
    /** The name by which servers know it. */
    abstract get name(): string;
    /** Opens the transport. */
    open(): void;
    /** Closes the transport. */
    close(): void;
    /** Sends packets. To be called if writable only; `drain` follows. */
    send(packets: Packet[]): void;
    /** Calls back when nothing is under way any more. For transports that another one takes over from. */
    pause(_onPause: () => void): void;
    protected fail_(reason: string, description: unknown, context?: unknown): void;
    protected opened_(): void;
    protected onPacket_(packet: Packet): void;
    protected end_(details?: CloseDetails): void;
    /** Tells that packets may be given again. */
    protected drained_(): void;
    protected abstract open_(): void;
    protected abstract stop_(): void;
    protected abstract push_(packets: Packet[]): void;
}
