import { Connection, queryOf, type HandshakeData, type Host } from './connection.js';
import type { EngineOptions } from './options.js';
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
  /** Cookies that the server has set (Node.js). */
  _cookieJar: unknown;

  private ctors_: Record<string, TransportCtor>;
  private sent_ = 0; // of writeBuffer, by the transport, which has not confirmed it

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
    if (opts.withCredentials) this._cookieJar = platform.createCookieJar?.();
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
    if (!ctor) throw new Error(`there is no transport "${name}": name one, or give its class, in the option transports`);
    return new ctor({
      ...opts,
      query: queryOf(this, name),
      socket: this,
      ...(opts.transportOptions as any)?.[name],
    });
  }

  /** Goes over to a transport. */
  private use_(transport: Transport): void {
    this.transport?.off();
    this.transport = transport
      .on('drain', () => {
        this.writeBuffer.splice(0, this.sent_);
        this.sent_ = 0;
        if (this.writeBuffer[0]) this.flush_();
        else this.emitReserved('drain');
      })
      .on('packet', (packet) => this.onPacket_(packet))
      .on('error', (err) => this.fail_(err))
      .on('close', (details) => this.end_('transport close', details));
  }

  /** Tries a better transport, and goes over to it once the server has answered there. */
  private probe_(name: string, delay: number): void {
    const candidate = this.create_(name);
    let over = false;
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
      this.emitReserved('upgradeError', error);
      if (this.upgrading) this.fail_(error); // the transport before has stopped
    };
    const onClose = () => fail('socket closed');
    const onUpgrading = (to: Transport) => to == candidate || fail('another transport was faster');
    this.on('close', onClose).on('upgrading', onUpgrading);
    candidate
      .on('error', fail)
      .on('close', () => fail('transport closed'))
      .on('open', () => candidate.send([{ type: 'ping', data: 'probe' }]))
      .once('packet', ({ type, data }) => {
        if (type != 'pong' || data != 'probe') return fail('unexpected packet');
        this.upgrading = true;
        this.emitReserved('upgrading', candidate);
        this.transport.pause(() => {
          if (over || this.readyState == 'closed') return;
          stop();
          this.use_(candidate);
          candidate.send([{ type: 'upgrade' }]);
          this.upgrading = false;
          websocketWorks = name == 'websocket';
          this.emitReserved('upgrade', candidate);
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
    const better = opts.upgrade === false ? [] : data.upgrades.filter((name) => transports.includes(name));
    // WebTransport is the best, and gets a start.
    const start = better.includes('webtransport') ? 200 : 0;
    for (const name of better) if (this.readyState == 'open') this.probe_(name, name == 'webtransport' ? 0 : start);
  }

  protected flush_(): void {
    const { transport, writeBuffer } = this;
    if (this.readyState == 'closed' || this.upgrading || !transport.writable || !writeBuffer[0]) return;
    this.sent_ = writeBuffer.length;
    transport.send([...writeBuffer]);
    this.emitReserved('flush');
  }

  override sizeOf_(data: RawData): number {
    return this.transport.sizeOf_?.(data) ?? super.sizeOf_(data);
  }

  protected override closeNow_(): void {
    const close = () => this.closeNow_();
    // While one transport takes over from the other, neither takes packets.
    if (this.upgrading) this.once('upgrade', close).once('upgradeError', close);
    else super.closeNow_();
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

  protected stop_(): void {
    const { transport } = this;
    transport.off();
    transport.close();
  }
}
