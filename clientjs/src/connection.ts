import { Emitter } from './emitter.js';
import type { EngineOptions } from './options.js';
import { byteLength, type Packet, type WriteOptions } from './packet.js';
import type { CloseDetails, Transport } from './transport.js';
import type { BinaryType, RawData } from './types.js';
import { url } from './url.js';

/** What a server says of a session. */
export interface HandshakeData {
  sid: string;
  upgrades: string[];
  pingInterval: number;
  pingTimeout: number;
  maxPayload: number;
}

/** What a connection tells. */
export interface EngineReservedEvents {
  open: () => void;
  handshake: (data: HandshakeData) => void;
  packet: (packet: Packet) => void;
  packetCreate: (packet: Packet) => void;
  data: (data: RawData) => void;
  message: (data: RawData) => void;
  drain: () => void;
  flush: () => void;
  ping: () => void;
  pong: () => void;
  error: (err: Error) => void;
  upgrading: (transport: Transport) => void;
  upgrade: (transport: Transport) => void;
  upgradeError: (err: Error) => void;
  close: (reason: string, description?: CloseDetails | Error) => void;
}

/** What a connection gets of its Manager. */
export interface Host {
  /** Calls back after so many ms. Returns what stop_ takes. */
  after_(delay: number, fn: () => void): any;
  /** Stops a timer. */
  stop_(timer: any): void;
}

/** The session with a server: handshake, heartbeat, messages. How packets are sent is up to its subclasses. */
export abstract class Connection extends Emitter<{}, {}, EngineReservedEvents> {
  /** The id of the session, which only server and client know. */
  id: string | null = null;
  readyState: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  /** What received binary data becomes. */
  binaryType: BinaryType;
  /** The options, with what the URL has. */
  opts: EngineOptions;
  /** When the server must have been heard of. Timers stand still while a device sleeps. */
  _pingTimeoutTime = Infinity;
  /** The largest message that the server takes, in bytes, if it said. */
  maxPayload_: number | undefined;

  host_: Host;
  private pingDelay_!: number;
  private timer_: unknown;

  /** What is used now to send packets. */
  abstract transport: { name: string; writable?: boolean };

  constructor(uri: string | undefined, opts: EngineOptions, host: Host, binaryType: BinaryType) {
    super();
    const { query } = opts;
    this.opts = {
      ...url(opts.hostname || opts.host),
      ...opts,
      ...(uri && url(uri)),
      ...(typeof query == 'string' && { query: {}, search_: query }),
      path: opts.path!.replace(/\/$/, '') + (opts.addTrailingSlash === false ? '' : '/'),
    };
    this.host_ = host;
    this.binaryType = binaryType;
  }

  /** Sends a packet, as soon as it can be. */
  protected abstract push_(packet: Packet): void;

  /** Closes the transport. Nothing is heard of it any more. */
  abstract stop_(): void;

  /** The size in bytes of a message, as the server counts it. */
  sizeOf_(data: RawData): number {
    return byteLength(data);
  }

  protected onPacket_(packet: Packet): void {
    if (this.readyState == 'closed') return;
    const { type, data } = packet;
    this.emit_('packet', packet);
    if (type == 'open' && this.readyState == 'opening') {
      try {
        this.onHandshake_(JSON.parse(data));
      } catch (err) {
        this.fail_(err as Error);
      }
    } else if (type == 'ping') {
      this.send_('pong');
      this.emit_('ping');
      this.emit_('pong');
      this.heard_();
    } else if (type == 'error' || type == 'open') {
      this.fail_(new Error(data));
    } else if (type == 'message') {
      this.emit_('data', data);
      this.emit_('message', data);
    }
  }

  protected onHandshake_(data: HandshakeData): void {
    this.emit_('handshake', data);
    this.id = data.sid;
    this.pingDelay_ = data.pingInterval + data.pingTimeout;
    this.maxPayload_ = data.maxPayload;
    this.readyState = 'open';
    this.heard_();
    this.emit_('open');
  }

  private heard_(): void {
    const { pingDelay_: delay, host_: host } = this;
    host.stop_(this.timer_);
    if (this.readyState == 'closed') return;
    this._pingTimeoutTime = Date.now() + delay;
    this.timer_ = host.after_(delay, () => this.expire_());
  }

  private expire_(): void {
    this.end_('ping timeout', { description: `no ping in ${this.pingDelay_} ms` });
  }

  /**
   * Whether the server should have been heard of by now. If so, the connection is closed, a moment later. It tells what
   * the timer would have told if the device had not been asleep.
   */
  expired_(): boolean {
    const expired = Date.now() > this._pingTimeoutTime;
    if (expired) Promise.resolve().then(() => this.expire_());
    return expired;
  }

  /** Sends a message. */
  write(data: RawData, options?: WriteOptions): this {
    this.send_('message', data, options);
    return this;
  }

  /** The same as write. */
  send(data: RawData, options?: WriteOptions): this {
    return this.write(data, options);
  }

  protected send_(type: Packet['type'], data?: RawData, options?: WriteOptions): void {
    if (/clos/.test(this.readyState)) return;
    const packet = { type, data, options: { compress: true, ...options } };
    this.emit_('packetCreate', packet);
    this.push_(packet);
  }

  /** Closes the connection. */
  close(): this {
    this.end_('forced close', { description: 'by the client' });
    return this;
  }

  protected fail_(err: Error): void {
    if (this.readyState == 'closed') return;
    this.emit_('error', err);
    this.end_('transport error', err);
  }

  end_(reason: string, description?: CloseDetails | Error): void {
    if (this.readyState == 'closed') return;
    this.readyState = 'closed';
    this.heard_();
    this.stop_();
    this.id = null;
    this.emit_('close', reason, description);
  }
}
