import { byteLength, type Packet } from './packet.js';
import { decodePayload, encodePayload } from './payload.js';
import { Transport } from './transport.js';
import type { RawData } from './types.js';
import { uriOf } from './url.js';

/** HTTP long-polling. How a request is sent is up to its subclasses. */
export abstract class Polling extends Transport {
  private polling_ = false;

  get name(): string {
    return 'polling';
  }

  protected doOpen(): void {
    this.poll_();
  }

  override pause(onPause: () => void): void {
    this.readyState = 'pausing';
    const check = (): void => {
      if (this.polling_) {
        this.once('pollComplete', check);
      } else if (!this.writable) {
        this.once('drain', check);
      } else {
        this.readyState = 'paused';
        onPause();
      }
    };
    check();
  }

  private poll_(): void {
    this.polling_ = true;
    this.doPoll();
    this.emitReserved('poll');
  }

  protected override onData(data: string): void {
    for (const packet of decodePayload(data, this.socket.binaryType)) {
      if (packet.type == 'open') {
        if (this.readyState == 'opening') {
          this.onOpen();
        } else if (this.readyState == 'closed') {
          // Closed while the handshake was under way: without a word the server would keep the session for a while.
          this.query.sid = JSON.parse(packet.data).sid;
          this.doClose();
        }
      }
      if (this.readyState == 'closed') return;
      if (packet.type == 'close') return this.onClose({ description: 'transport closed by the server' });
      this.onPacket(packet);
    }
    this.polling_ = false;
    this.emitReserved('pollComplete');
    if (this.readyState == 'open') this.poll_();
  }

  protected doClose(): void {
    if (this.query.sid) this.write([{ type: 'close' }]);
  }

  override sizeOf_(data: RawData): number {
    const size = byteLength(data);
    return typeof data == 'string' ? size : 1 + Math.ceil(size / 3) * 4;
  }

  /** Sends packets, in as many requests as it takes for none to be larger than the server takes. */
  protected write(packets: Packet[]): void {
    this.writable = false;
    let size = 0;
    const max = this.socket.maxPayload_ || Infinity;
    const fits = packets.findIndex(({ data = '' }, i) => (size += 1 + this.sizeOf_(data)) > max + 1 && i > 0);
    const rest = fits > 0 ? packets.splice(fits) : [];
    encodePayload(packets, (payload) =>
      this.doWrite(payload, () => (rest[0] ? this.write(rest) : this.drained_())),
    );
  }

  /** The URL of a request. */
  protected uri(): string {
    const { opts, query } = this;
    if (!this.supportsBinary && !query.sid) query.b64 = 1;
    return uriOf(opts.secure ? 'https' : 'http', opts, query, opts.timestampRequests !== false);
  }

  /** Asks for packets: onData is called with the answer, or onError. */
  protected abstract doPoll(): void;

  /** Sends packets, and calls back when the server has them, or calls onError. */
  protected abstract doWrite(data: string, callback: () => void): void;
}

/** A payload of nothing but the close packet: the last request of a session. */
export const closing = '1';

/** HTTP long-polling by `fetch()`, which browsers, workers, Node.js, Deno and Bun have. */
export class Fetch extends Polling {
  private abort_ = new AbortController();

  protected doPoll(): void {
    this.fetch_('read', (text) => this.onData(text));
  }

  protected doWrite(data: string, callback: () => void): void {
    this.fetch_('write', callback, data);
  }

  private fetch_(what: string, callback: (text: string) => void, body?: string): void {
    const { opts, abort_ } = this;
    const { host_: host } = this.socket;
    const headers = new Headers(opts.extraHeaders);
    if (body) headers.set('content-type', 'text/plain;charset=UTF-8');
    const abort = () => abort_.abort();
    const timer = opts.requestTimeout && host.after_(opts.requestTimeout, abort);
    const last = body == closing;
    fetch(this.uri(), {
      method: body ? 'POST' : 'GET',
      body,
      headers,
      credentials: opts.withCredentials ? 'include' : 'same-origin', // as XMLHttpRequest has it
      keepalive: last, // it may be sent by a page that goes
      signal: last ? null : abort_.signal,
    } as RequestInit)
      .then((response) => (response.ok ? response.text() : Promise.reject(response)))
      .finally(() => {
        host.stop_(timer);
        if (last) abort(); // the poll that is still there
      })
      .then(callback, (error) => this.onError(`fetch ${what} error`, error.status ?? error, error));
  }
}
