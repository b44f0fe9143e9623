import { Emitter } from './emitter.js';
import { byteLength, protocol, type Packet, type WriteOptions } from './packet.js';
import type { CloseDetails, Transport, TransportCtor } from './transport.js';
import type { BinaryType, RawData } from './types.js';
import { parseQuery, url } from './url.js';

/** The options of a connection. */
export interface EngineOptions {
  /** The host to connect to. Set from the URL. */
  host?: string;
  /** The same, without port. Set from the URL. */
  hostname?: string;
  /** Whether to connect by HTTPS. Set from the URL. */
  secure?: boolean;
  /** The port to connect to. Set from the URL. */
  port?: string | number;
  /** Query parameters that every request has. Those of the URL are added. */
  query?: { [key: string]: any };
  /** The `http.Agent` of requests (Node.js only). */
  agent?: string | boolean | object;
  /** Whether to go on to a better transport once connected. Default: true. */
  upgrade?: boolean;
  /** Whether to send binary data as base64 where it could be sent as it is. Default: false. */
  forceBase64?: boolean;
  /** The name of the query parameter that makes requests unique. Default: `t`. */
  timestampParam?: string;
  /** Whether requests get such a parameter. Default: those of polling do. */
  timestampRequests?: boolean;
  /** The transports to use, by name or by class, the first one first. Default: all, polling first. */
  transports?: string[] | TransportCtor[];
  /** Classes to use as transports. The same as classes in `transports`. */
  transportImplementations?: TransportCtor[];
  /** Whether to try the next transport if one fails to connect. Default: false. */
  tryAllTransports?: boolean;
  /** Whether to begin with WebSocket if that has worked before. Default: false. */
  rememberUpgrade?: boolean;
  /** How long a request of polling may take, in ms. Default: 0, without limit. */
  requestTimeout?: number;
  /** Options of single transports, by their names. */
  transportOptions?: object;
  /** TLS options (Node.js only): those of `tls.connect`. */
  pfx?: string;
  key?: string;
  passphrase?: string;
  cert?: string;
  ca?: string | string[];
  ciphers?: string;
  rejectUnauthorized?: boolean;
  /** Headers of all requests. Browsers cannot send them with WebSocket. */
  extraHeaders?: { [header: string]: string };
  /** Whether to send cookies to other origins, and, in Node.js, to keep them at all. Default: false. */
  withCredentials?: boolean;
  /** Whether to close in silence when the page is about to be left, so that it sees no `disconnect`. Default: false. */
  closeOnBeforeunload?: boolean;
  /** Whether to use the timers as they were before somebody, such as a test, replaced them. Default: false. */
  useNativeTimers?: boolean;
  /** Whether the process may end while connected (Node.js only). Default: false. */
  autoUnref?: boolean;
  /** Compression of WebSocket (Node.js only). Default: from 1024 bytes on. */
  perMessageDeflate?: { threshold: number } | boolean;
  /** The path of requests. Default: `/engine.io`; that of a Manager: `/socket.io`. */
  path?: string;
  /** Whether the path ends in a slash. Default: true. */
  addTrailingSlash?: boolean;
  /** The subprotocols of WebSocket. */
  protocols?: string | string[];
}

/** What depends on where the client runs. */
export interface Platform {
  transports: Record<string, TransportCtor>;
  binaryType: BinaryType;
  createCookieJar?: () => unknown;
}

/** What a server says of a session. */
export interface HandshakeData {
  sid: string;
  upgrades: string[];
  pingInterval: number;
  pingTimeout: number;
  maxPayload: number;
}

/** What an engine tells. */
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
  error: (err: string | Error) => void;
  upgrading: (transport: Transport) => void;
  upgrade: (transport: Transport) => void;
  upgradeError: (err: Error) => void;
  close: (reason: string, description?: CloseDetails | Error) => void;
}

const nativeSetTimeout = setTimeout;
const nativeClearTimeout = clearTimeout;

/** The timers of a connection. */
export interface Timers {
  setTimeoutFn(fn: () => void, delay?: number): any;
  clearTimeoutFn(timer: any): void;
}

/** The timers that the options ask for. */
export function timers({ useNativeTimers, autoUnref }: EngineOptions): Timers {
  const set = (useNativeTimers ? nativeSetTimeout : setTimeout).bind(globalThis);
  return {
    setTimeoutFn(fn, delay) {
      const timer: any = set(fn, delay);
      if (autoUnref) timer.unref?.();
      return timer;
    },
    clearTimeoutFn: (useNativeTimers ? nativeClearTimeout : clearTimeout).bind(globalThis),
  };
}

type PageListener = (event: Event) => void;

/** Who wants to know when the network comes and goes, and the page is shown. */
export const pageListeners = new Set<PageListener>();

// Here, and not for each connection: a service worker may add listeners only when it is loaded.
if (typeof addEventListener == 'function') {
  for (const type of ['offline', 'online', 'pageshow', 'visibilitychange']) {
    addEventListener(type, (event) => pageListeners.forEach((listener) => listener(event)));
  }
}

/** A connection to an Engine.IO server, by one transport after the other. */
export class Engine extends Emitter<{}, {}, EngineReservedEvents> {
  /** Whether a connection by WebSocket has worked lately; for all connections. */
  static priorWebsocketSuccess = false;
  static protocol = protocol;

  /** The id of the session, which only server and client know. */
  id: string | null = null;
  /** The transport that is used now. */
  transport!: Transport;
  readyState: 'opening' | 'open' | 'closing' | 'closed' = 'opening';
  /** Packets that have not been sent yet. */
  writeBuffer: Packet[] = [];
  /** What received binary data becomes. */
  binaryType: BinaryType;
  opts: EngineOptions;
  /** The names of the transports that may be used. */
  transports: string[];
  hostname: string;
  port: string | number;
  secure: boolean;
  upgrading = false;
  setTimeoutFn!: Timers['setTimeoutFn'];
  clearTimeoutFn!: Timers['clearTimeoutFn'];
  /** Cookies that the server has set (Node.js). */
  _cookieJar: unknown;
  /** When the server must have been heard of. Timers stand still while a device sleeps. */
  _pingTimeoutTime = Infinity;
  /** The largest message that the server takes, in bytes; 0 if it did not say. */
  _maxPayload = 0;

  private sent_ = 0; // of writeBuffer, by the transport, which has not confirmed it
  private ctors_: Record<string, TransportCtor>;
  private upgrades_: string[] = [];
  private pingDelay_ = 0;
  private pingTimer_: unknown;

  constructor(uri: string | undefined, opts: EngineOptions, platform: Platform) {
    super();
    this.opts = opts = {
      path: '/engine.io',
      upgrade: true,
      timestampParam: 't',
      addTrailingSlash: true,
      transportOptions: {},
      perMessageDeflate: { threshold: 1024 },
      ...opts,
    };
    let { query, hostname, secure, port } = opts;
    if (typeof query == 'string') query = parseQuery(query);
    const loc: Partial<Location> = typeof location != 'undefined' ? location : {};
    if (uri || opts.host) {
      const parsed = url(uri || opts.host);
      hostname = parsed.host;
      if (uri) {
        secure = /s$/.test(parsed.protocol);
        port = parsed.port;
        query = { ...query, ...parsed.query };
      }
    }
    this.secure = secure ??= loc.protocol == 'https:';
    const standardPort = secure ? '443' : '80';
    this.port = port || (!hostname && loc.port) || standardPort;
    this.hostname = hostname || loc.hostname || 'localhost';
    opts.query = query!;
    opts.path = opts.path!.replace(/\/$/, '') + (opts.addTrailingSlash ? '/' : '');
    Object.assign(this, timers(opts));
    this.binaryType = platform.binaryType;
    this.ctors_ = platform.transports;
    const listed = opts.transportImplementations || opts.transports || Object.keys(platform.transports);
    this.transports = listed.map((transport) => {
      if (typeof transport == 'string') return transport;
      const { name } = transport.prototype as Transport;
      this.ctors_ = { ...this.ctors_, [name]: transport };
      return name;
    });
    if (opts.withCredentials) this._cookieJar = platform.createCookieJar?.();
    pageListeners.add(this.onPageEvent_);
    if (opts.closeOnBeforeunload) globalThis.addEventListener?.('beforeunload', this.onUnload_);
    this.open_();
  }

  private onPageEvent_ = ({ type }: Event): void => {
    if (type != 'offline') this._hasPingExpired();
    // What runs on the same machine can be reached without network.
    else if (this.hostname != 'localhost') this.close_('transport close', { description: 'network connection lost' });
  };

  private onUnload_ = (): void => {
    this.transport.off();
    this.transport.close();
  };

  private createTransport_(name: string): Transport {
    const ctor = this.ctors_[name];
    if (!ctor) throw new Error(`there is no transport "${name}": give its class in the option transports`);
    const query: Record<string, unknown> = { ...this.opts.query, EIO: protocol, transport: name };
    if (this.id) query.sid = this.id;
    return new ctor({
      ...this.opts,
      query,
      socket: this,
      hostname: this.hostname,
      secure: this.secure,
      port: this.port,
      ...(this.opts.transportOptions as Record<string, object>)[name],
    });
  }

  private open_(): void {
    const name =
      this.opts.rememberUpgrade && Engine.priorWebsocketSuccess && this.transports.includes('websocket')
        ? 'websocket'
        : this.transports[0];
    if (!name) {
      this.setTimeoutFn(() => this.emitReserved('error', new Error('No transports available')), 0);
      return;
    }
    const transport = this.createTransport_(name);
    this.setTransport_(transport);
    transport.open();
  }

  private setTransport_(transport: Transport): void {
    this.transport?.off();
    this.transport = transport;
    transport
      .on('drain', () => this.onDrain_())
      .on('packet', (packet) => this.onPacket_(packet))
      .on('error', (err) => this.onError_(err))
      .on('close', (details) => this.close_('transport close', details));
  }

  /** Tries a better transport, and goes over to it once the server has answered there. */
  private probe_(name: string): void {
    let transport: Transport | undefined = this.createTransport_(name);
    const candidate = transport;
    Engine.priorWebsocketSuccess = false;
    const stop = () => {
      candidate.off();
      this.off('close', onClose);
      this.off('upgrading', onUpgrading);
      transport = undefined;
    };
    const fail = (cause: unknown) => {
      if (!transport) return;
      stop();
      candidate.close();
      const error: Error & { transport?: string } = new Error(`probe error: ${cause}`);
      error.transport = name;
      this.emitReserved('upgradeError', error);
      if (this.upgrading) this.onError_(error); // the transport before has stopped
    };
    const onClose = () => fail('socket closed');
    const onUpgrading = (to: Transport) => to == candidate || fail('another transport was faster');
    this.on('close', onClose);
    this.on('upgrading', onUpgrading);
    candidate
      .on('error', fail)
      .on('close', () => fail('transport closed'))
      .on('open', () => candidate.send([{ type: 'ping', data: 'probe' }]))
      .once('packet', ({ type, data }) => {
        if (type != 'pong' || data != 'probe') return fail('unexpected packet');
        this.upgrading = true;
        this.emitReserved('upgrading', candidate);
        Engine.priorWebsocketSuccess = name == 'websocket';
        this.transport.pause(() => {
          if (!transport || this.readyState == 'closed') return;
          stop();
          this.setTransport_(candidate);
          candidate.send([{ type: 'upgrade' }]);
          this.upgrading = false;
          this.emitReserved('upgrade', candidate);
          this.flush_();
        });
      });
    // WebTransport is better, and gets a start.
    if (name != 'webtransport' && this.upgrades_.includes('webtransport')) {
      this.setTimeoutFn(() => transport?.open(), 200);
    } else {
      candidate.open();
    }
  }

  private onOpen_(): void {
    this.readyState = 'open';
    Engine.priorWebsocketSuccess = this.transport.name == 'websocket';
    this.emitReserved('open');
    this.flush_();
    if (this.opts.upgrade) {
      for (const name of this.upgrades_) if (this.isOpen_()) this.probe_(name);
    }
  }

  private isOpen_(): boolean {
    return this.readyState == 'open';
  }

  private onPacket_(packet: Packet): void {
    if (this.readyState == 'closed') return;
    this.emitReserved('packet', packet);
    this.emitReserved('heartbeat');
    const { type, data } = packet;
    if (type == 'open') {
      this.onHandshake_(JSON.parse(data));
    } else if (type == 'ping') {
      this.sendPacket_('pong');
      this.emitReserved('ping');
      this.emitReserved('pong');
      this.resetPingTimer_();
    } else if (type == 'error') {
      const error: Error & { code?: unknown } = new Error('server error');
      error.code = data;
      this.onError_(error);
    } else if (type == 'message') {
      this.emitReserved('data', data);
      this.emitReserved('message', data);
    }
  }

  private onHandshake_(data: HandshakeData): void {
    this.emitReserved('handshake', data);
    this.id = this.transport.query.sid = data.sid;
    this.upgrades_ = data.upgrades.filter((name) => this.transports.includes(name));
    this.pingDelay_ = data.pingInterval + data.pingTimeout;
    this._maxPayload = data.maxPayload || 0;
    this.onOpen_();
    if (this.readyState != 'closed') this.resetPingTimer_();
  }

  private resetPingTimer_(): void {
    this.clearTimeoutFn(this.pingTimer_);
    this._pingTimeoutTime = Date.now() + this.pingDelay_;
    this.pingTimer_ = this.setTimeoutFn(() => this.pingTimeout_(), this.pingDelay_);
  }

  private pingTimeout_(): void {
    this.close_('ping timeout', { description: `heard nothing of the server for ${this.pingDelay_} ms` });
  }

  /**
   * Whether the server should have been heard of by now. If so, the connection is closed, a moment later. It tells what
   * the timer would have told if the device had not been asleep.
   */
  _hasPingExpired(): boolean {
    const expired = Date.now() > this._pingTimeoutTime;
    if (expired) Promise.resolve().then(() => this.pingTimeout_());
    return expired;
  }

  private onDrain_(): void {
    this.writeBuffer.splice(0, this.sent_);
    this.sent_ = 0;
    this.writeBuffer.length ? this.flush_() : this.emitReserved('drain');
  }

  private flush_(): void {
    if (this.readyState == 'closed' || !this.transport.writable || this.upgrading || !this.writeBuffer.length) return;
    const packets = this.writablePackets_();
    this.sent_ = packets.length;
    this.transport.send(packets);
    this.emitReserved('flush');
  }

  /** As many packets as fit into one request. */
  private writablePackets_(): Packet[] {
    let size = 0;
    const n = this._maxPayload && this.transport.name == 'polling'
      ? this.writeBuffer.findIndex(({ data }, i) => (size += 1 + this._sizeOf(data)) > this._maxPayload + 1 && i)
      : -1;
    return this.writeBuffer.slice(0, n < 0 ? undefined : n);
  }

  /** The size in bytes of a message, as the server counts it. */
  _sizeOf(data: RawData): number {
    if (typeof data == 'string' || data == null) return 1 + byteLength(data || '');
    const size = byteLength(data);
    return this.transport.name == 'polling' ? 1 + Math.ceil(size / 3) * 4 : size;
  }

  /** Sends a message. The callback is called once it is on its way. */
  write(data: RawData, options?: WriteOptions | null, fn?: () => void): this {
    this.sendPacket_('message', data, options, fn);
    return this;
  }

  /** The same as write. */
  send(data: RawData, options?: WriteOptions | null, fn?: () => void): this {
    return this.write(data, options, fn);
  }

  private sendPacket_(type: Packet['type'], data?: RawData, options?: WriteOptions | null, fn?: () => void): void {
    if (this.readyState == 'closing' || this.readyState == 'closed') return;
    const packet: Packet = { type, data, options: { ...options, compress: options?.compress !== false } };
    this.emitReserved('packetCreate', packet);
    this.writeBuffer.push(packet);
    if (fn) this.once('flush', fn);
    this.flush_();
  }

  /** Closes the connection, once everything has been sent. */
  close(): this {
    const close = () => {
      // While one transport takes over from the other, neither takes packets.
      if (this.upgrading) this.once('upgrade', close).once('upgradeError', close);
      else this.close_('forced close', { description: 'closed by the client' });
    };
    if (this.readyState == 'opening' || this.readyState == 'open') {
      this.readyState = 'closing';
      this.writeBuffer.length ? this.once('drain', close) : close();
    }
    return this;
  }

  private onError_(err: Error): void {
    Engine.priorWebsocketSuccess = false;
    if (this.opts.tryAllTransports && this.transports.length > 1 && this.readyState == 'opening') {
      this.transports = this.transports.filter((name) => name != this.transport.name);
      return this.open_();
    }
    this.emitReserved('error', err);
    this.close_('transport error', err);
  }

  private close_(reason: string, description?: CloseDetails | Error): void {
    if (this.readyState == 'closed') return;
    this.clearTimeoutFn(this.pingTimer_);
    pageListeners.delete(this.onPageEvent_);
    if (this.opts.closeOnBeforeunload) globalThis.removeEventListener?.('beforeunload', this.onUnload_);
    this.transport.off('close');
    this.transport.close();
    this.transport.off();
    this.readyState = 'closed';
    this.id = null;
    this.emitReserved('close', reason, description);
    this.writeBuffer = [];
    this.sent_ = 0;
  }
}
