import { Emitter } from './emitter.js';
import type { Engine } from './engine.js';
import type { EngineOptions } from './options.js';
import type { Packet } from './packet.js';
import { decodePacket } from './payload.js';
import type { RawData } from './types.js';
import { uriOf } from './url.js';

/** What is known about the end of a connection. */
export interface CloseDetails {
  description: string;
  context?: unknown;
}

/** An error of a transport. */
export class TransportError extends Error {
  readonly type = 'TransportError';

  constructor(
    reason: string,
    /** A status code, or the error that was its cause. */
    readonly description: any,
    /** The response or event that came with it. */
    readonly context: any,
  ) {
    super(reason);
  }
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
export type TransportCtor = { new (opts: any): Transport };

/**
 * A way to carry packets. A class of one's own extends it, and is given to `io()` as one of `transports`.
 */
export abstract class Transport extends Emitter<{}, {}, TransportReservedEvents> {
  query: Record<string, any>;
  /** Whether packets may be given to send: the ones before have left. */
  writable = false;
  protected opts: TransportOptions;
  protected supportsBinary: boolean;
  protected readyState: 'opening' | 'open' | 'closed' | 'pausing' | 'paused' | undefined;
  protected socket: Engine;

  constructor(opts: TransportOptions) {
    super();
    this.opts = opts;
    this.query = opts.query;
    this.socket = opts.socket;
    this.supportsBinary = !opts.forceBase64;
  }

  /** The name by which servers know it. */
  abstract get name(): string;

  /** Opens the transport. */
  open(): this {
    this.readyState = 'opening';
    this.doOpen();
    return this;
  }

  /** Closes the transport. */
  close(): this {
    if (this.readyState == 'opening' || this.readyState == 'open') {
      this.doClose();
      this.onClose();
    }
    return this;
  }

  /** Sends packets. To be called if writable only; `drain` follows. */
  send(packets: Packet[]): void {
    // One that is closed by an event of the page has told nobody.
    if (this.readyState == 'open') this.write(packets);
  }

  /** Calls back when nothing is under way any more. For transports that another one takes over from. */
  pause(_onPause: () => void): void {}

  /** @internal The size in bytes of a message, if it is not what is usual. */
  sizeOf_?(data: RawData): number;

  protected onError(reason: string, description: any, context?: any): this {
    return this.emitReserved('error', new TransportError(reason, description, context));
  }

  protected onOpen(): void {
    this.readyState = 'open';
    this.writable = true;
    this.emitReserved('open');
  }

  protected onData(data: RawData): void {
    this.onPacket(decodePacket(data, this.socket.binaryType));
  }

  protected onPacket(packet: Packet): void {
    this.emitReserved('packet', packet);
  }

  protected onClose(details?: CloseDetails): void {
    this.readyState = 'closed';
    this.emitReserved('close', details);
  }

  /** Tells that packets may be given again. */
  protected drained_(): void {
    this.writable = true;
    this.emitReserved('drain');
  }

  /** The URL of a request. */
  protected createUri(schema: string, query: Record<string, unknown> = {}): string {
    return uriOf(schema, this.opts, query);
  }

  protected abstract doOpen(): void;
  protected abstract doClose(): void;
  protected abstract write(packets: Packet[]): void;
}
