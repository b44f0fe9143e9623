import { Connection, type HandshakeData, type Host } from './connection.js';
import type { EngineOptions } from './options.js';
import { protocol, type Packet } from './packet.js';
import type { Transport, TransportCtor } from './transport.js';
import type { BinaryType, RawData } from './types.js';

/** Whether a connection by WebSocket has worked lately. */
let websocketWorks = false;

/** What depends on where the client runs. */
export interface Platform {
  transports: Record<string, TransportCtor>;
  binaryType: BinaryType;
  createCookieJar?: () => unknown;
}

/** A connection by one transport after the other. */
export class Engine extends Connection {
  /** The transport that is used now. */
  transport!: Transport;
  /** The names of the transports that may be used. */
  transports: string[];
  upgrading = false;
  /** Packets that have not been sent yet. */
  writeBuffer: Packet[] = [];
  /** Cookies that the server has set (Node.js). */
  _cookieJar: unknown;

  private ctors_: Record<string, TransportCtor>;
  private sent_?: number; // of writeBuffer, by the transport, which has not confirmed it

  constructor(uri: string | undefined, opts: EngineOptions, host: Host, platform: Platform) {
    super(uri, opts, host, platform.binaryType);
    this.ctors_ = { ...platform.transports };
    const wanted = opts.transportImplementations || opts.transports || Object.keys(platform.transports);
    this.transports = wanted.map((transport) => {
      if (typeof transport == 'string') return transport;
      const { name } = transport.prototype as Transport;
      this.ctors_[name] = transport;
      return name;
    });
    if (!IN_BUNDLE && opts.withCredentials) this._cookieJar = platform.createCookieJar?.();
    this.open_();
  }

  private open_(): void {
    const { transports, opts } = this;
    const remembered = opts.rememberUpgrade && websocketWorks && transports.includes('websocket');
    const transport = this.create_(remembered ? 'websocket' : transports[0]);
    this.use_(transport);
    transport.open();
  }

  private create_(name = ''): Transport {
    const { opts } = this;
    const ctor = this.ctors_[name];
    if (!ctor) throw new Error(`no transport "${name}"`);
    return new ctor({
      ...opts,
      query: { ...opts.query, EIO: protocol, transport: name, ...(this.id && { sid: this.id }) },
      socket: this,
      ...(opts.transportOptions as any)?.[name],
    });
  }

  /** Goes over to a transport. */
  private use_(transport: Transport): void {
    this.transport?.off();
    this.transport = transport
      .on('drain', () => {
        this.writeBuffer.splice(0, this.sent_!);
        this.sent_ = 0;
        if (this.writeBuffer[0]) this.flush_();
        else this.emit_('drain');
      })
      .on('packet', (packet) => this.onPacket_(packet))
      .on('error', (err) => this.fail_(err))
      .on('close', (details) => this.end_('transport close', details));
  }

  /** Tries a better transport, and goes over to it once the server has answered there. */
  private probe_(name: string, delay: number): void {
    const candidate = this.create_(name);
    let over = false;
    let pausing = false;
    websocketWorks = false;
    const stop = () => {
      over = true;
      candidate.off();
      this.off('close', onClose).off('upgrading', onUpgrading);
    };
    const fail = (cause: unknown) => {
      if (over) return;
      stop();
      candidate.close();
      const error = Object.assign(new Error('probe error: ' + cause), { transport: name });
      this.emit_('upgradeError', error);
      if (pausing) this.fail_(error); // the transport before has stopped
    };
    const onClose = () => fail('closed');
    const onUpgrading = (to: Transport) => {
      if (to == candidate) return;
      stop();
      candidate.close();
    };
    this.on('close', onClose).on('upgrading', onUpgrading);
    candidate
      .on('error', fail)
      .on('close', onClose)
      .on('open', () => candidate.send([{ type: 'ping', data: 'probe' }]))
      .once('packet', ({ type, data }) => {
        if (type != 'pong' || data != 'probe') return onClose();
        this.upgrading = pausing = true;
        this.emit_('upgrading', candidate);
        this.transport.pause(() => {
          if (over || this.readyState == 'closed') return;
          stop();
          this.use_(candidate);
          candidate.send([{ type: 'upgrade' }]);
          this.upgrading = false;
          websocketWorks = name == 'websocket';
          this.emit_('upgrade', candidate);
          this.flush_();
        });
      });
    const open = () => over || candidate.open();
    if (delay) this.host_.after_(delay, open);
    else open();
  }

  protected override onHandshake_(data: HandshakeData): void {
    const { transport, transports, opts } = this;
    transport.query.sid = data.sid;
    websocketWorks = transport.name == 'websocket';
    super.onHandshake_(data);
    this.flush_();
    if (opts.upgrade === false) return;
    const better = data.upgrades.filter((name) => transports.includes(name));
    // WebTransport is the best, and gets a start.
    const start = better.includes('webtransport') ? 200 : 0;
    for (const name of better) if (this.readyState == 'open') this.probe_(name, name == 'webtransport' ? 0 : start);
  }

  protected push_(packet: Packet): void {
    this.writeBuffer.push(packet);
    this.flush_();
  }

  private flush_(): void {
    const { transport, writeBuffer } = this;
    if (this.readyState == 'closed' || this.upgrading || !transport.writable || !writeBuffer[0]) return;
    this.sent_ = writeBuffer.length;
    transport.send([...writeBuffer]);
    this.emit_('flush');
  }

  override sizeOf_(data: RawData): number {
    const size = super.sizeOf_(data);
    const base64 = typeof data != 'string' && (this.opts.forceBase64 || this.transport.name == 'polling');
    return base64 ? 1 + Math.ceil(size / 3) * 4 : size;
  }

  /** Closes the connection, once everything has been sent. */
  override close(): this {
    if (/open/.test(this.readyState)) {
      this.readyState = 'closing';
      const close = () => {
        // While one transport takes over from the other, neither takes packets.
        if (this.upgrading) this.once('upgrade', close).once('upgradeError', close);
        else super.close();
      };
      if (this.writeBuffer[0]) this.once('drain', close);
      else close();
    }
    return this;
  }

  protected override fail_(err: Error): void {
    websocketWorks = false;
    const { transport, transports } = this;
    if (this.opts.tryAllTransports && this.readyState == 'opening' && transports[1]) {
      this.transports = transports.filter((name) => name != transport.name);
      return this.open_();
    }
    super.fail_(err);
  }

  stop_(): void {
    const { transport } = this;
    transport.off();
    transport.close();
  }
}
