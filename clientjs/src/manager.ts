import { backoff } from './backoff.js';
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

const nativeTimers = [setTimeout, clearTimeout] as const;

/** The settings that can be changed at any time. */
const defaults = {
  reconnection: true,
  reconnectionAttempts: Infinity,
  reconnectionDelay: 1000,
  reconnectionDelayMax: 5000,
  randomizationFactor: 0.5,
  timeout: 20000,
};

const settings = Object.keys(defaults) as (keyof typeof defaults)[];

/** The managers that have a connection or want one. */
const active = new Set<BaseManager<any, any>>();

const listen = (type: string): void => globalThis.addEventListener?.(type, onPageEvent);
const onPageEvent = ({ type }: Event): void => active.forEach((manager) => manager.onPageEvent_(type));

// Once and for all: a service worker may add listeners only while it is loaded.
['offline', 'online', 'visibilitychange'].forEach(listen);

/**
 * A Manager keeps the connection that its sockets share, one for each namespace, and renews it when it is lost. `io()`
 * makes one when it is needed.
 */
export abstract class BaseManager<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<{}, {}, ManagerReservedEvents> {
  /** The connection: the one that is, or the last one. Undefined before the first. */
  engine!: Connection;
  /** The options. Changes count from the next attempt to connect on. */
  opts: Partial<ManagerOptions>;
  /** @internal */
  state_: 'opening' | 'open' | 'closed' = 'closed';
  /** @internal */
  reconnecting_: boolean | undefined;
  /** @internal */
  autoConnect_: boolean;
  /** @internal */
  nsps: Record<string, Socket<ListenEvents, EmitEvents>> = {};

  private uri_: string | undefined;
  private current_: Connection | undefined; // the one that is listened to
  private timer_: unknown; // of connecting, or until the next attempt
  private retry_: (() => void) | undefined; // makes the next attempt, if one is waited for
  private skipReconnect_: boolean | undefined;
  private awake_: number | undefined; // when the page or the network came back
  /** Attempts to reconnect since the connection was lost. */
  private attempts_ = 0;
  private encoder_: Encoder;
  private decoder_: Decoder;
  private settings_ = {} as Record<keyof typeof defaults, any>;

  constructor(opts: Partial<ManagerOptions>);
  constructor(uri?: string, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>);
  constructor(uri?: string | Partial<ManagerOptions>, opts?: Partial<ManagerOptions>) {
    super();
    if (typeof uri == 'object') {
      opts = uri || opts;
      uri = undefined;
    }
    opts ||= {};
    opts.path ||= '/socket.io';
    this.opts = opts;
    this.uri_ = uri;
    const [set, clear] = opts.useNativeTimers ? nativeTimers : [setTimeout, clearTimeout];
    this.after_ = (delay, fn) => {
      const timer: any = set(fn, delay);
      if (!IN_BUNDLE && opts.autoUnref) timer.unref?.();
      return timer;
    };
    this.stop_ = (timer) => clear(timer);
    for (const name of settings) this.settings_[name] = opts[name] ?? defaults[name];
    const parser = opts.parser || { Encoder, Decoder };
    this.encoder_ = new parser.Encoder();
    this.decoder_ = new parser.Decoder();
    // Later, so that what a listener throws is not taken for an error of the parser.
    this.decoder_.on('decoded', (packet) => {
      const { current_: current } = this;
      Promise.resolve().then(() => {
        this.emit_('packet', packet);
        const socket = this.nsps[packet.nsp];
        if (socket?.active && (packet.type || current == this.current_)) socket.onpacket(packet); // no late CONNECT
      });
    });
    this.autoConnect_ = opts.autoConnect !== false;
    if (this.autoConnect_) this.open();
  }

  /** @internal */
  after_: Host['after_'];
  /** @internal */
  stop_: Host['stop_'];

  /** @internal Returns a new connection. What it is made of depends on where the client runs. */
  protected abstract connect_(uri: string | undefined, opts: EngineOptions): Connection;

  /**
   * Connects, unless connected or about to. The callback gets the error, if there is one; without callback, the Manager
   * tries again by itself.
   */
  open(fn?: (err?: Error) => void): this {
    if (this.state_ != 'closed') return this;
    this.forget_();
    this.skipReconnect_ = false;
    const engine = (this.engine = this.current_ = this.connect_(this.uri_, this.opts));
    this.state_ = 'opening';
    active.add(this);
    // Not for everybody, as pages that listen to it are not kept for the way back.
    if (this.opts.closeOnBeforeunload) listen('beforeunload');
    const fail = (err: Error) => {
      this.forget_();
      this.state_ = 'closed';
      this.failed_(err);
      if (fn) {
        fn(err);
      } else {
        this.reconnecting_ = false;
        this.reconnect_();
      }
    };
    const on = (name: any, listener: (...args: any[]) => void) =>
      engine.on(name, (...args: any[]) => {
        if (engine == this.current_) listener(...args);
      });
    on('open', () => {
      this.stop_(this.timer_);
      this.state_ = 'open';
      this.each_((socket) => socket.opened_());
      this.emit_('open');
      fn?.();
    });
    on('error', (err) => (this.state_ == 'open' ? this.failed_(err) : fail(err)));
    on('close', (reason, description) =>
      this.state_ == 'open' ? this.closed_(reason, description) : fail(new Error(reason)),
    );
    on('ping', () => this.emit_('ping'));
    on('data', (data) => {
      try {
        this.decoder_.add(data);
      } catch (err) {
        this.closed_('parse error', err as Error);
      }
    });
    const { timeout } = this.settings_;
    if (timeout !== false) {
      this.timer_ = this.after_(timeout, () => {
        fail(new Error('timeout'));
        engine.close();
      });
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

  private failed_(err: Error): void {
    this.each_((socket) => socket.failed_(err));
    this.emit_('error', err);
  }

  /** Listens no more, and waits no more. */
  private forget_(): void {
    active.delete(this);
    this.stop_(this.timer_);
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
    if (!Object.values(this.nsps).some((socket) => socket.active)) this._close();
  }

  /** @internal The messages that a packet is sent as. Throws if the server would close the connection for one. */
  encode_(packet: Packet): any[] {
    const { engine } = this;
    const max = engine?.maxPayload_;
    return this.encoder_.encode(packet).map((message) => {
      // A character has up to three bytes, an element of a typed array eight: eleven in base64.
      const size = max && !(message.length * 11 < max) && engine.sizeOf_(message);
      check(!size || size <= max, `${size} bytes > maxPayload ${max}`);
      return message;
    });
  }

  /** @internal Sends a packet. */
  send_(packet: Packet, messages = this.encode_(packet)): void {
    for (const message of messages) this.engine.write(message, packet.options);
  }

  /** @internal */
  _close(): void {
    this.skipReconnect_ = true;
    this.closed_('forced close', { description: 'by the client' });
  }

  /** Closes the connection, and does not reconnect. */
  disconnect(): void {
    this._close();
  }

  private closed_(reason: string, description?: DisconnectDescription): void {
    this.forget_();
    this.engine?.close();
    this.attempts_ = 0;
    this.reconnecting_ = false;
    this.state_ = 'closed';
    this.each_((socket) => socket.closed_(reason as Socket.DisconnectReason, description));
    this.emit_('close', reason, description);
    this.reconnect_();
  }

  /** Whether reconnecting is not wanted. */
  private stopped_(): boolean {
    return this.skipReconnect_ || !this.settings_.reconnection;
  }

  private reconnect_(): void {
    const { settings_: settings } = this;
    // Somebody who heard of the end may have connected again.
    if (this.reconnecting_ || this.stopped_() || this.state_ != 'closed') return;
    // As ever, 0 attempts are without limit, and a delay of 0 is none.
    if (this.attempts_ >= (settings.reconnectionAttempts || Infinity)) {
      this.attempts_ = 0;
      this.emit_('reconnect_failed');
      return;
    }
    this.reconnecting_ = true;
    this.retry_ = () => {
      this.forget_();
      if (!this.stopped_()) this.emit_('reconnect_attempt', this.attempts_);
      // Perhaps by a listener, which may connect again.
      if (this.stopped_()) {
        this.reconnecting_ = false;
      } else {
        this.open((err) => {
          this.reconnecting_ = false;
          if (err) {
            this.reconnect_();
            this.emit_('reconnect_error', err);
          } else {
            const attempts = this.attempts_;
            this.attempts_ = 0;
            this.emit_('reconnect', attempts);
          }
        });
      }
    };
    const delay = backoff(
      this.attempts_++,
      settings.reconnectionDelay || 1000,
      settings.reconnectionDelayMax || 5000,
      settings.randomizationFactor,
    );
    // What a device has lost in its sleep, it learns a moment after it has woken up.
    this.timer_ = this.after_(Date.now() - this.awake_! < 2000 ? 0 : delay, this.retry_);
    this.awake_ = 0;
    active.add(this);
  }

  /** @internal Reacts to the network and the page coming and going. */
  onPageEvent_(type: string): void {
    const { engine, opts } = this;
    if (type == 'beforeunload') {
      if (opts.closeOnBeforeunload) engine.stop_();
    } else if (type == 'offline') {
      // What runs on the same machine can be reached without network.
      if (engine.opts.hostname != 'localhost') {
        engine.end_('transport close', { description: 'network connection lost' });
      }
    } else if (type == 'online' || !document.hidden) {
      this.awake_ = Date.now();
      engine.expired_();
      this.retry_?.(); // why wait?
    }
  }
}

// The methods that read and change settings.
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

for (const name of settings) {
  BaseManager.prototype[name] = function (this: any, v?: any) {
    if (v === undefined) return this.settings_[name];
    this.settings_[name] = v;
    return this;
  } as any;
}
