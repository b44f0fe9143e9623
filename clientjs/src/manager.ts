import { Backoff } from './backoff.js';
import { Emitter } from './emitter.js';
import { Engine, pageListeners, timers, type EngineOptions, type Platform, type Timers } from './engine.js';
import * as json from './parser.js';
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

/** What a parser has to be able to do. */
interface Parser {
  encoder: { encode(packet: Packet): any[] };
  decoder: json.Decoder;
}

/**
 * A Manager keeps the connection that its sockets share, one for each namespace, and renews it when it is lost. `io()`
 * makes one when it is needed.
 */
export abstract class BaseManager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<{}, {}, ManagerReservedEvents> {
  /** The connection: the one that is, or the last one. Undefined before the first. */
  engine!: Engine;
  /** The options. Changes count from the next attempt to connect on. */
  opts: Partial<ManagerOptions>;
  /** @private */
  _autoConnect: boolean;
  /** @private */
  _readyState: 'opening' | 'open' | 'closed' = 'closed';
  /** @private */
  _reconnecting = false;
  /** @private */
  setTimeoutFn!: Timers['setTimeoutFn'];
  /** @private */
  clearTimeoutFn!: Timers['clearTimeoutFn'];

  private uri: string | undefined;
  private nsps: Record<string, Socket<ListenEvents, EmitEvents>> = Object.create(null);
  private subs: (() => void)[] = [];
  private backoff: Backoff;
  private encoder: Parser['encoder'];
  private decoder: Parser['decoder'];
  private skipReconnect = false;
  private _reconnection!: boolean;
  private _reconnectionAttempts!: number;
  private _timeout: number | boolean;

  constructor(opts: Partial<ManagerOptions>);
  constructor(uri?: string, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts: Partial<ManagerOptions> = {}) {
    super();
    if (typeof uri == 'object') {
      opts = uri || opts;
      uri = undefined;
    }
    opts.path ||= '/socket.io';
    this.opts = opts;
    this.uri = uri;
    Object.assign(this, timers(opts));
    this._reconnection = opts.reconnection !== false;
    this._reconnectionAttempts = opts.reconnectionAttempts || Infinity;
    this.backoff = new Backoff(
      opts.reconnectionDelay || 1000,
      opts.reconnectionDelayMax || 5000,
      opts.randomizationFactor ?? 0.5,
    );
    this._timeout = opts.timeout ?? 20000;
    const parser = opts.parser || json;
    this.encoder = new parser.Encoder();
    this.decoder = new parser.Decoder();
    this._autoConnect = opts.autoConnect !== false;
    if (this._autoConnect) this.open();
  }

  /** @private What depends on where the client runs. */
  protected abstract get platform(): Platform;

  /** Whether to reconnect. */
  reconnection(v: boolean): this;
  reconnection(): boolean;
  reconnection(v?: boolean): this | boolean;
  reconnection(...args: [v?: boolean]): this | boolean {
    if (!args.length) return this._reconnection;
    this._reconnection = !!args[0];
    if (!args[0]) this.skipReconnect = true;
    return this;
  }

  /** How often to try to reconnect before giving up. */
  reconnectionAttempts(v: number): this;
  reconnectionAttempts(): number;
  reconnectionAttempts(v?: number): this | number;
  reconnectionAttempts(v?: number): this | number {
    if (v === undefined) return this._reconnectionAttempts;
    this._reconnectionAttempts = v;
    return this;
  }

  /** The delay before the first attempt, in ms. */
  reconnectionDelay(v: number): this;
  reconnectionDelay(): number;
  reconnectionDelay(v?: number): this | number;
  reconnectionDelay(v?: number): this | number {
    return this.setting_('min', v);
  }

  /** How much of a delay is left to chance, from 0 to 1. */
  randomizationFactor(v: number): this;
  randomizationFactor(): number;
  randomizationFactor(v?: number): this | number;
  randomizationFactor(v?: number): this | number {
    return this.setting_('jitter', v);
  }

  /** The longest delay, in ms. */
  reconnectionDelayMax(v: number): this;
  reconnectionDelayMax(): number;
  reconnectionDelayMax(v?: number): this | number;
  reconnectionDelayMax(v?: number): this | number {
    return this.setting_('max', v);
  }

  private setting_(name: 'min' | 'max' | 'jitter', v?: number): this | number {
    if (v === undefined) return this.backoff[name];
    this.backoff[name] = v;
    return this;
  }

  /** How long connecting may take, in ms; false for without limit. */
  timeout(v: number | boolean): this;
  timeout(): number | boolean;
  timeout(v?: number | boolean): this | number | boolean;
  timeout(v?: number | boolean): this | number | boolean {
    if (v === undefined) return this._timeout;
    this._timeout = v;
    return this;
  }

  /**
   * Connects, unless connected or about to. The callback gets the error, if there is one; without callback, the Manager
   * tries again by itself.
   */
  open(fn?: (err?: Error) => void): this {
    if (this._readyState != 'closed') return this;
    const engine = (this.engine = new Engine(this.uri, this.opts, this.platform));
    this._readyState = 'opening';
    this.skipReconnect = false;
    const onError = (err: string | Error) => {
      this.cleanup();
      this._readyState = 'closed';
      this.emitReserved('error', err as Error);
      if (fn) fn(err as Error);
      else if (!this._reconnecting && this._reconnection && !this.backoff.attempts) this.reconnect();
    };
    const onOpen = () => {
      this.onopen();
      fn?.();
    };
    this.listen_(engine, { open: onOpen, error: onError });
    if (this._timeout !== false) {
      this.after_(this._timeout as number, () => {
        engine.off('open', onOpen);
        onError(new Error('timeout'));
        engine.close();
      });
    }
    return this;
  }

  /** The same as open. */
  connect(fn?: (err?: Error) => void): this {
    return this.open(fn);
  }

  /** Adds listeners that cleanup removes. */
  private listen_(emitter: Emitter<any, any>, listeners: Record<string, (...args: any[]) => void>): void {
    for (const name of Object.keys(listeners)) {
      emitter.on(name, listeners[name]!);
      this.subs.push(() => emitter.off(name, listeners[name]!));
    }
  }

  /** Sets a timer that cleanup stops. */
  private after_(delay: number, fn: () => void): void {
    const timer = this.setTimeoutFn(fn, delay);
    this.subs.push(() => this.clearTimeoutFn(timer));
  }

  private onopen(): void {
    this.cleanup();
    this._readyState = 'open';
    this.emitReserved('open');
    this.listen_(this.engine, {
      ping: () => this.emitReserved('ping'),
      data: (data) => {
        try {
          this.decoder.add(data);
        } catch (err) {
          this.onclose('parse error', err as Error);
        }
      },
      error: (err) => this.emitReserved('error', err),
      close: (reason, description) => this.onclose(reason, description),
    });
    // Later, so that what a listener throws is not taken for an error of the parser.
    this.listen_(this.decoder as any, {
      decoded: (packet) => Promise.resolve().then(() => this.emitReserved('packet', packet)),
    });
  }

  /** The socket of a namespace. There is one for each. */
  socket(nsp: string, opts?: Partial<SocketOptions>): Socket {
    const socket = this.nsps[nsp];
    if (!socket) return (this.nsps[nsp] = new Socket<any, any>(this as any, nsp, opts));
    if (this._autoConnect && !socket.active) socket.connect();
    return socket as Socket<any, any>;
  }

  /** @private Closes the connection if no socket needs it any more. */
  _destroy(_socket: Socket): void {
    if (!Object.values(this.nsps).some((socket) => socket.active)) this._close();
  }

  /** @private The messages that a packet is sent as. Throws if the server would close the connection for one. */
  _encode(packet: Packet): any[] {
    const { engine } = this;
    const messages = this.encoder.encode(packet);
    const max = engine?._maxPayload;
    if (max) {
      for (const message of messages) {
        const size = engine._sizeOf(message);
        if (size > max) throw new Error(`${size} bytes are too many: the server takes up to ${max}, its maxPayload`);
      }
    }
    return messages;
  }

  /** @private Sends messages. */
  _write(messages: any[], options?: PacketOptions): void {
    for (const message of messages) this.engine.write(message, options);
  }

  private cleanup(): void {
    for (const sub of this.subs.splice(0)) sub();
    this.decoder.destroy();
  }

  /** @private */
  _close(): void {
    this.skipReconnect = true;
    this._reconnecting = false;
    this.onclose('forced close', { description: 'closed by the client' });
  }

  /** Closes the connection, and does not reconnect. */
  disconnect(): void {
    this._close();
  }

  private onclose(reason: string, description?: DisconnectDescription): void {
    this.cleanup();
    this.engine?.close();
    this.backoff.reset();
    this._readyState = 'closed';
    this.emitReserved('close', reason, description);
    if (this._reconnection && !this.skipReconnect) this.reconnect();
  }

  private reconnect(): void {
    if (this._reconnecting || this.skipReconnect) return;
    const { backoff } = this;
    if (backoff.attempts >= this._reconnectionAttempts) {
      backoff.reset();
      this.emitReserved('reconnect_failed');
      return;
    }
    this._reconnecting = true;
    let attempt: (() => void) | undefined = () => {
      attempt = undefined;
      if (this.skipReconnect) return;
      this.emitReserved('reconnect_attempt', backoff.attempts);
      if (this.skipReconnect) return; // closed by a listener
      this.open((err) => {
        this._reconnecting = false;
        if (err) {
          this.reconnect();
          this.emitReserved('reconnect_error', err);
        } else {
          const { attempts } = backoff;
          backoff.reset();
          this.emitReserved('reconnect', attempts);
        }
      });
    };
    this.after_(backoff.duration(), () => attempt?.());
    // Why wait, if the network is back, or somebody looks at the page?
    const onPageEvent = ({ type }: Event) => {
      if (type == 'visibilitychange' ? document.visibilityState == 'visible' : type != 'offline') attempt?.();
    };
    pageListeners.add(onPageEvent);
    this.subs.push(() => pageListeners.delete(onPageEvent));
  }
}
