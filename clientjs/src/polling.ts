import type { Packet } from './packet.js';
import { decodePayload, encodePayload } from './payload.js';
import { Transport } from './transport.js';
import { uriOf } from './url.js';

/** HTTP long-polling. How a request is sent is up to its subclasses. */
export abstract class Polling extends Transport {
  private polling_?: boolean;

  get name(): string {
    return 'polling';
  }

  /** Asks for packets. The first answer is the handshake. */
  protected open_(): void {
    this.polling_ = true;
    this.request_((text) => this.onData_(text));
  }

  override pause(onPause: () => void): void {
    this.state_ = 'pausing';
    const check = (): void => {
      if (this.polling_) {
        this.once('pollComplete', check);
      } else if (!this.writable) {
        this.once('drain', check);
      } else {
        this.state_ = 'paused';
        onPause();
      }
    };
    check();
  }

  private onData_(data: string): void {
    for (const packet of decodePayload(data, this.host_.binaryType)) {
      if (packet.type == 'open') {
        if (this.state_ == 'opening') {
          this.opened_();
        } else if (this.state_ == 'closed') {
          // Closed while the handshake was under way: without a word the server would keep the session for a while.
          this.query.sid = /"sid":"(.+?)"/.exec(packet.data)?.[1];
          this.stop_();
        }
      }
      if (this.state_ == 'closed') return;
      if (packet.type == 'close') return this.end_({ description: 'transport closed by the server' });
      this.onPacket_(packet);
    }
    this.polling_ = false;
    this.emit_('pollComplete');
    if (this.state_ == 'open') this.open_();
  }

  protected stop_(): void {
    if (this.query.sid) this.push_([{ type: 'close' }]);
    // Browsers have six connections to a host: a handshake that takes so long may not hold one of them.
    else this.host_.host_.after_(1000, () => this.abort_());
  }

  /** Sends packets, in as many requests as it takes for none to be larger than the server takes. */
  protected push_(packets: Packet[]): void {
    this.writable = false;
    let size = 0;
    const max = this.host_.maxPayload_ || Infinity;
    const fits = packets.findIndex(({ data = '' }, i) => (size += 1 + this.host_.sizeOf_(data)) > max + 1 && i > 0);
    const rest = fits > 0 ? packets.splice(fits) : [];
    encodePayload(packets).then(
      (payload) => this.request_(() => (rest[0] ? this.push_(rest) : this.drained_()), payload),
      (err) => this.fail_('encode error', err),
    );
  }

  /** The URL of a request. */
  protected uri_(): string {
    const { opts_: opts, query } = this;
    if (opts.forceBase64 && !query.sid) query.b64 = 1;
    return uriOf(opts.secure ? 'https' : 'http', opts, query, opts.timestampRequests !== false);
  }

  /** Asks for packets, or sends some: calls back with the answer, or calls fail_. */
  protected abstract request_(callback: (text: string) => void, body?: string): void;

  /** Waits for packets no longer. */
  protected abstract abort_(): void;
}

/** A payload of nothing but the close packet: the last request of a session. */
export const closing = '1';

/** What a payload is sent as. */
export const contentType = { 'Content-Type': 'text/plain;charset=UTF-8' };

/** HTTP long-polling by `fetch()`, which browsers, workers, Node.js, Deno and Bun have. */
export class Fetch extends Polling {
  private controller_ = new AbortController();

  protected abort_(): void {
    this.controller_.abort();
  }

  protected request_(callback: (text: string) => void, body?: string): void {
    const { opts_: opts } = this;
    const { host_: host } = this.host_;
    const last = body == closing;
    const abort = () => this.abort_();
    const timer = opts.requestTimeout && host.after_(opts.requestTimeout, abort);
    fetch(this.uri_(), {
      method: body && 'POST',
      body,
      headers: { ...(body && contentType), ...opts.extraHeaders },
      credentials: opts.withCredentials ? 'include' : 'same-origin', // as XMLHttpRequest has it
      keepalive: last, // it may be sent by a page that goes
      signal: last ? null : this.controller_.signal,
    } as RequestInit)
      .then((response) => (response.ok ? response.text() : Promise.reject(response)))
      .finally(() => {
        host.stop_(timer);
        if (last) abort(); // the poll that is still there
      })
      // Later, as a page that is left aborts its requests, and need not hear of it.
      .then(callback, (error) =>
        host.after_(0, () => this.fail_(`fetch ${body ? 'write' : 'read'} error`, error.status ?? error, error)),
      );
  }
}
