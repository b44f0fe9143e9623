import { Backoff } from './backoff.js';
import type { Connection, Host } from './connection.js';
import { Emitter } from './emitter.js';
import type { EngineOptions } from './options.js';
import { Decoder, Encoder } from './parser.js';
import { check, type Packet } from './protocol.js';
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

const nativeSetTimeout = setTimeout;
const nativeClearTimeout = clearTimeout;

/** The managers that have a connection or want one. */
const active = new Set<BaseManager<any, any>>();

// Once and for all: a service worker may add listeners only while it is loaded.
for (const type of ['offline', 'online', 'pageshow', 'visibilitychange']) {
  globalThis.addEventListener?.(type, () => active.forEach((manager) => manager.onPageEvent_(type)));
}

/**
 * A Manager keeps the connection that its sockets share, one for each namespace, and renews it when it is lost. `io()`
 * makes one when it is needed.
 */
export abstract class BaseManager<
    ListenEvents extends EventsMap = DefaultEventsMap,
    EmitEvents extends EventsMap = ListenEvents,
  >
  extends Emitter<{}, {}, ManagerReservedEvents>
  implements Host
{
  /** The connection: the one that is, or the last one. Undefined before the first. */
  engine!: Connection;
  /** The options. Changes count from the next attempt to connect on. */
  opts: Partial<ManagerOptions>;
  /** @internal */
  _readyState: 'opening' | 'open' | 'closed' = 'closed';
  /** @internal */
  _reconnecting = false;
  /** @internal */
  autoConnect_: boolean;
  /** @internal */
  nsps: Record<string, Socket<ListenEvents, EmitEvents>> = Object.create(null);

  private uri_: string | undefined;
  private current_: Connection | undefined; // the one that is listened to
  private timer_: unknown; // of connecting, or until the next attempt
  private retry_: (() => void) | undefined; // makes the next attempt, if one is waited for
  private skipReconnect_ = false;
  private backoff_: Backoff;
  private encoder_: Encoder;
  private decoder_: Decoder;
  private reconnection_: boolean;
  private timeout_: number | boolean;

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
    this.uri_ = uri;
    const native = opts.useNativeTimers;
    const set = (native ? nativeSetTimeout : setTimeout).bind(globalThis);
    this.setTimeoutFn = (fn, delay) => {
      const timer: any = set(fn, delay);
      if (opts.autoUnref) timer.unref?.();
      return timer;
    };
    this.clearTimeoutFn = (native ? nativeClearTimeout : clearTimeout).bind(globalThis);
    this.reconnection_ = opts.reconnection !== false;
    this.timeout_ = opts.timeout ?? 20000;
    this.backoff_ = new Backoff(
      opts.reconnectionDelay || 1000,
      opts.reconnectionDelayMax || 5000,
      opts.randomizationFactor ?? 0.5,
      opts.reconnectionAttempts || Infinity,
    );
    const parser = opts.parser || { Encoder, Decoder };
    this.encoder_ = new parser.Encoder();
    this.decoder_ = new parser.Decoder();
    // Later, so that what a listener throws is not taken for an error of the parser.
    this.decoder_.on('decoded', (packet) => {
      Promise.resolve().then(() => {
        this.emitReserved('packet', packet);
        const socket = this.nsps[packet.nsp];
        if (socket?.active) socket.onpacket(packet);
      });
    });
    this.autoConnect_ = opts.autoConnect !== false;
    if (this.autoConnect_) this.open();
  }

  /** @internal */
  setTimeoutFn: Host['setTimeoutFn'];
  /** @internal */
  clearTimeoutFn: Host['clearTimeoutFn'];

  /** Returns a new connection. What it is made of depends on where the client runs. */
  protected abstract connect_(uri: string | undefined, opts: EngineOptions): Connection;

  /** Whether to reconnect. */
  reconnection(v: boolean): this;
  reconnection(): boolean;
  reconnection(v?: boolean): this | boolean;
  reconnection(...args: [v?: boolean]): this | boolean {
    if (!args.length) return this.reconnection_;
    this.reconnection_ = !!args[0];
    if (!args[0]) this.skipReconnect_ = true;
    return this;
  }

  /** How often to try to reconnect before giving up. */
  reconnectionAttempts(v: number): this;
  reconnectionAttempts(): number;
  reconnectionAttempts(v?: number): this | number;
  reconnectionAttempts(v?: number): this | number {
    return this.setting_('limit', v);
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

  /** How long connecting may take, in ms; false for without limit. */
  timeout(v: number | boolean): this;
  timeout(): number | boolean;
  timeout(v?: number | boolean): this | number | boolean;
  timeout(v?: number | boolean): this | number | boolean {
    if (v === undefined) return this.timeout_;
    this.timeout_ = v;
    return this;
  }

  private setting_(name: 'min' | 'max' | 'jitter' | 'limit', v?: number): this | number {
    if (v === undefined) return this.backoff_[name];
    this.backoff_[name] = v;
    return this;
  }

  /**
   * Connects, unless connected or about to. The callback gets the error, if there is one; without callback, the Manager
   * tries again by itself.
   */
  open(fn?: (err?: Error) => void): this {
    if (this._readyState != 'closed') return this;
    const { backoff_: backoff } = this;
    this._readyState = 'opening';
    this.skipReconnect_ = false;
    active.add(this);
    const engine = (this.engine = this.current_ = this.connect_(this.uri_, this.opts));
    const fail = (err: Error) => {
      this.forget_();
      this._readyState = 'closed';
      this.error_(err);
      if (fn) fn(err);
      else if (this.reconnection_ && !backoff.attempts) this.reconnect_();
    };
    const on = (name: any, listener: (...args: any[]) => void) =>
      engine.on(name, (...args: any[]) => {
        if (engine == this.current_) listener(...args);
      });
    on('open', () => {
      this.clearTimeoutFn(this.timer_);
      this._readyState = 'open';
      this.each_((socket) => socket.onopen());
      this.emitReserved('open');
      fn?.();
    });
    on('error', (err) => (this._readyState == 'open' ? this.error_(err) : fail(err)));
    on('close', (reason, description) => this.onclose(reason, description));
    on('ping', () => this.emitReserved('ping'));
    on('data', (data) => {
      try {
        this.decoder_.add(data);
      } catch (err) {
        this.onclose('parse error', err as Error);
      }
    });
    if (this.timeout_ !== false) {
      this.timer_ = this.setTimeoutFn(() => {
        fail(new Error('timeout'));
        engine.close();
      }, +this.timeout_);
    }
    return this;
  }

  /** The same as open. */
  connect(fn?: (err?: Error) => void): this {
    return this.open(fn);
  }

  /** Calls back with the sockets that want to be connected. */
  private each_(fn: (socket: Socket<any, any>) => void): void {
    for (const socket of Object.values(this.nsps)) if (socket.active) fn(socket);
  }

  private error_(err: Error): void {
    this.each_((socket) => socket.onerror(err));
    this.emitReserved('error', err);
  }

  /** Listens no more, and waits no more. */
  private forget_(): void {
    this.clearTimeoutFn(this.timer_);
    this.current_ = this.retry_ = undefined;
    this.decoder_.destroy();
  }

  /** The socket of a namespace. There is one for each. */
  socket(nsp: string, opts?: Partial<SocketOptions>): Socket {
    const socket: Socket<any, any> = (this.nsps[nsp] ||= new Socket<any, any>(this as any, nsp, opts));
    if (this.autoConnect_ && !socket.active) socket.connect();
    return socket;
  }

  /** @internal Closes the connection if no socket needs it any more. */
  release_(): void {
    let needed = false;
    this.each_(() => (needed = true));
    if (!needed) this._close();
  }

  /** @internal The messages that a packet is sent as. Throws if the server would close the connection for one. */
  encode_(packet: Packet): any[] {
    const { engine } = this;
    const messages = this.encoder_.encode(packet);
    const max = engine?.maxPayload_ || Infinity;
    for (const message of messages) {
      const size = max < Infinity ? engine.sizeOf_(message) : 0;
      check(size <= max, `${size} bytes are too many: the server takes up to ${max}, its maxPayload`);
    }
    return messages;
  }

  /** @internal Sends a packet. */
  _packet(packet: Packet, messages = this.encode_(packet)): void {
    for (const message of messages) this.engine.write(message, packet.options);
  }

  /** @internal */
  _close(): void {
    this.skipReconnect_ = true;
    this._reconnecting = false;
    this.onclose('forced close', { description: 'closed by the client' });
  }

  /** Closes the connection, and does not reconnect. */
  disconnect(): void {
    this._close();
  }

  private onclose(reason: string, description?: DisconnectDescription): void {
    this.forget_();
    this.engine?.close();
    this.backoff_.reset();
    this._readyState = 'closed';
    this.each_((socket) => socket.onclose(reason as Socket.DisconnectReason, description));
    this.emitReserved('close', reason, description);
    if (this.reconnection_) this.reconnect_();
    else active.delete(this);
  }

  private reconnect_(): void {
    const { backoff_: backoff } = this;
    if (this._reconnecting) return;
    if (this.skipReconnect_ || backoff.attempts >= backoff.limit) {
      active.delete(this);
      if (this.skipReconnect_) return;
      backoff.reset();
      this.emitReserved('reconnect_failed');
      return;
    }
    this._reconnecting = true;
    this.retry_ = () => {
      this.forget_();
      if (!this.skipReconnect_) this.emitReserved('reconnect_attempt', backoff.attempts);
      if (this.skipReconnect_) return; // stopped, perhaps by a listener
      this.open((err) => {
        this._reconnecting = false;
        if (err) {
          this.reconnect_();
          this.emitReserved('reconnect_error', err);
        } else {
          const { attempts } = backoff;
          backoff.reset();
          this.emitReserved('reconnect', attempts);
        }
      });
    };
    this.timer_ = this.setTimeoutFn(this.retry_, backoff.duration());
  }

  /** @internal Reacts to the network and the page coming and going. */
  onPageEvent_(type: string): void {
    const { engine } = this;
    if (type == 'offline') engine.offline_();
    else if (type != 'visibilitychange' || document.visibilityState == 'visible') {
      engine._hasPingExpired();
      this.retry_?.(); // why wait?
    }
  }
}
