import { Emitter } from './emitter.js';
import type { EngineOptions } from './options.js';
import { byteLength, protocol, type Packet, type WriteOptions } from './packet.js';
import type { CloseDetails, Transport } from './transport.js';
import type { BinaryType, RawData } from './types.js';
import { hostInUrl, url } from './url.js';

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
  heartbeat: () => void;
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
  /** Packets that have not been sent yet. */
  writeBuffer: Packet[] = [];
  /** What received binary data becomes. */
  binaryType: BinaryType;
  /** The options, with what the URL has. */
  opts: EngineOptions;
  /** When the server must have been heard of. Timers stand still while a device sleeps. */
  _pingTimeoutTime = Infinity;
  /** The largest message that the server takes, in bytes; 0 if it did not say. */
  maxPayload_ = 0;

  host_: Host;
  private pingDelay_ = 0;
  private pingTimer_: unknown;

  /** What is used now to send packets. */
  abstract transport: { name: string; writable: boolean };

  constructor(uri: string | undefined, opts: EngineOptions, host: Host, binaryType: BinaryType) {
    super();
    const { secure, host: name = opts.hostname, query } = opts;
    const scheme = secure == null ? '//' : secure ? 'https://' : 'http://';
    const parsed = url(uri || (name && scheme + hostInUrl(name)));
    const isText = typeof query == 'string';
    this.opts = {
      ...opts,
      hostname: parsed.host,
      port: (!uri && opts.port) || parsed.port,
      secure: parsed.secure,
      query: isText ? {} : query,
      search_: [parsed.query, isText && query, ''].filter(Boolean).join('&'),
      path: opts.path!.replace(/\/$/, '') + (opts.addTrailingSlash === false ? '' : '/'),
    } as EngineOptions;
    this.host_ = host;
    this.binaryType = binaryType;
    if (opts.closeOnBeforeunload) globalThis.addEventListener?.('beforeunload', this.leave_);
  }

  /** Sends what has not been sent, if it can be. */
  protected abstract flush_(): void;

  /** Closes the transport. Nothing is heard of it any more. */
  protected abstract stop_(): void;

  private leave_ = (): void => this.stop_();

  /** The size in bytes of a message, as the server counts it. */
  sizeOf_(data: RawData): number {
    return byteLength(data);
  }

  protected onPacket_(packet: Packet): void {
    if (this.readyState == 'closed') return;
    const { type, data } = packet;
    this.emitReserved('packet', packet);
    this.emitReserved('heartbeat');
    if (type == 'open') {
      this.onHandshake_(JSON.parse(data));
    } else if (type == 'ping') {
      this.send_('pong');
      this.emitReserved('ping');
      this.emitReserved('pong');
      this.heard_();
    } else if (type == 'error') {
      this.fail_(Object.assign(new Error('server error'), { code: data }));
    } else if (type == 'message') {
      this.emitReserved('data', data);
      this.emitReserved('message', data);
    }
  }

  protected onHandshake_(data: HandshakeData): void {
    this.emitReserved('handshake', data);
    this.id = data.sid;
    this.pingDelay_ = data.pingInterval + data.pingTimeout;
    this.maxPayload_ = data.maxPayload;
    this.readyState = 'open';
    this.heard_();
    this.emitReserved('open');
    this.flush_();
  }

  private heard_(): void {
    const { pingDelay_: delay, host_: host } = this;
    host.stop_(this.pingTimer_);
    if (this.readyState == 'closed') return;
    this._pingTimeoutTime = Date.now() + delay;
    this.pingTimer_ = host.after_(delay, () => this.expire_());
  }

  private expire_(): void {
    this.end_('ping timeout', { description: `heard nothing for ${this.pingDelay_} ms` });
  }

  /**
   * Whether the server should have been heard of by now. If so, the connection is closed, a moment later. It tells what
   * the timer would have told if the device had not been asleep.
   */
  _hasPingExpired(): boolean {
    const expired = Date.now() > this._pingTimeoutTime;
    if (expired) Promise.resolve().then(() => this.expire_());
    return expired;
  }

  /** Sends a message. The callback is called once it is on its way. */
  write(data: RawData, options?: WriteOptions | null, fn?: () => void): this {
    this.send_('message', data, options, fn);
    return this;
  }

  /** The same as write. */
  send(data: RawData, options?: WriteOptions | null, fn?: () => void): this {
    return this.write(data, options, fn);
  }

  private send_(type: Packet['type'], data?: RawData, options?: WriteOptions | null, fn?: () => void): void {
    if (/clos/.test(this.readyState)) return;
    const packet: Packet = { type, data, options: { compress: options?.compress !== false } };
    this.emitReserved('packetCreate', packet);
    this.writeBuffer.push(packet);
    if (fn) this.once('flush', fn);
    this.flush_();
  }

  /** Closes the connection, once everything has been sent. */
  close(): this {
    if (/open/.test(this.readyState)) {
      this.readyState = 'closing';
      if (this.writeBuffer[0]) this.once('drain', () => this.closeNow_());
      else this.closeNow_();
    }
    return this;
  }

  protected closeNow_(): void {
    this.end_('forced close', { description: 'closed by the client' });
  }

  protected fail_(err: Error): void {
    this.emitReserved('error', err);
    this.end_('transport error', err);
  }

  end_(reason: string, description?: CloseDetails | Error): void {
    if (this.readyState == 'closed') return;
    this.readyState = 'closed';
    this.heard_();
    if (this.opts.closeOnBeforeunload) globalThis.removeEventListener?.('beforeunload', this.leave_);
    this.stop_();
    this.id = null;
    this.emitReserved('close', reason, description);
    this.writeBuffer = [];
  }
}

/** The query of a request. */
export function queryOf({ id, opts }: Connection, transport: string): Record<string, any> {
  return { ...opts.query, EIO: protocol, transport, ...(id && { sid: id }) };
}
