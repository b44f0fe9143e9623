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
export function transportError(reason: string, description: unknown, context?: unknown): TransportError {
  return Object.assign(new Error(reason), { type: 'TransportError' as const, description, context });
}

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
export type TransportCtor = { new (opts: any): any };

/** A way to carry packets. */
export abstract class Transport extends Emitter<{}, {}, TransportReservedEvents> {
  query: Record<string, any>;
  /** Whether packets may be given to send: the ones before have left. */
  writable?: boolean;
  protected opts_: TransportOptions;
  protected state_: 'opening' | 'open' | 'closed' | 'pausing' | 'paused' | undefined;
  protected host_: Engine;

  constructor(opts: TransportOptions) {
    super();
    this.opts_ = opts;
    this.query = opts.query;
    this.host_ = opts.socket;
  }

  /** The name by which servers know it. */
  abstract get name(): string;

  /** Opens the transport. */
  open(): void {
    this.state_ = 'opening';
    this.open_();
  }

  /** Closes the transport. */
  close(): void {
    if (this.state_ && this.state_ != 'closed') {
      this.stop_();
      this.end_();
    }
  }

  /** Sends packets. To be called if writable only; `drain` follows. */
  send(packets: Packet[]): void {
    // One that is closed by an event of the page has told nobody.
    if (this.state_ == 'open') this.push_(packets);
  }

  /** Calls back when nothing is under way any more. For transports that another one takes over from. */
  pause(_onPause: () => void): void {}

  protected fail_(reason: string, description: unknown, context?: unknown): void {
    this.emit_('error', transportError(reason, description, context));
  }

  protected opened_(): void {
    this.state_ = 'open';
    this.writable = true;
    this.emit_('open');
  }

  protected onPacket_(packet: Packet): void {
    this.emit_('packet', packet);
  }

  protected end_(details?: CloseDetails): void {
    this.state_ = 'closed';
    this.writable = false;
    this.emit_('close', details);
  }

  /** Tells that packets may be given again. */
  protected drained_(): void {
    this.writable = true;
    this.emit_('drain');
  }

  protected abstract open_(): void;
  protected abstract stop_(): void;
  protected abstract push_(packets: Packet[]): void;
}
