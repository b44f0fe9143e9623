import { encode, type Packet } from './packet.js';
import { bytesOf, decodePacket } from './payload.js';
import { Transport } from './transport.js';
import { uriOf } from './url.js';

/** What there is of a WebTransport: the types of older compilers have none. */
interface Session {
  ready: Promise<unknown>;
  closed: Promise<unknown>;
  createBidirectionalStream(): Promise<{
    readable: ReadableStream<Uint8Array>;
    writable: WritableStream<Uint8Array>;
  }>;
  close(): void;
}

/** WebTransport, by the `WebTransport` of the browser. */
export class WebTransport extends Transport {
  private session_: Session | undefined;
  private writer_: WritableStreamDefaultWriter<Uint8Array> | undefined;

  get name(): string {
    return 'webtransport';
  }

  /** Runs something that may fail. */
  private async try_(fn: () => Promise<unknown>): Promise<void> {
    try {
      await fn();
    } catch (err) {
      this.fail_('webtransport error', err);
    }
  }

  protected open_(): void {
    this.try_(async () => {
      const { opts_: opts, query } = this;
      const { WebTransport } = globalThis as any;
      const session: Session = new WebTransport(uriOf('https', opts, {}), (opts.transportOptions as any)?.[this.name]);
      this.session_ = session;
      this.try_(() => session.closed.then(() => this.end_({ description: 'transport closed by the server' })));
      await session.ready;
      const { readable, writable } = await session.createBidirectionalStream();
      this.writer_ = writable.getWriter();
      await this.frame_({ type: 'open', data: query.sid && JSON.stringify({ sid: query.sid }) });
      this.opened_();
      await this.read_(readable.getReader());
    });
  }

  /** Cuts the stream into packets. Each comes after its length, in the form of WebSocket, and a bit for binary data. */
  private async read_(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    let rest: Uint8Array = new Uint8Array();
    const take = async (size: number): Promise<Uint8Array> => {
      while (rest.length < size) {
        const { value } = await reader.read();
        if (!value) return new Promise(() => {}); // the end, of which `closed` tells
        rest = concat(rest, value);
      }
      const taken = rest.slice(0, size);
      rest = rest.subarray(size);
      return taken;
    };
    for (;;) {
      const head = (await take(1))[0]!;
      let size = head & 127;
      if (size > 125) size = (await take(size > 126 ? 8 : 2)).reduce((sum, byte) => sum * 256 + byte, 0);
      const data = await take(size);
      this.onPacket_(decodePacket(head > 127 ? data : new TextDecoder().decode(data), this.host_.binaryType));
    }
  }

  protected push_(packets: Packet[]): void {
    this.writable = false;
    this.try_(async () => {
      for (const packet of packets) await this.frame_(packet);
      this.drained_();
    });
  }

  private async frame_(packet: Packet): Promise<unknown> {
    let data = encode(packet);
    const binary = typeof data == 'string' ? 0 : 128;
    if (data instanceof Blob) data = await data.arrayBuffer();
    const bytes = binary ? bytesOf(data) : new TextEncoder().encode(data);
    const size = bytes.length;
    const length = [size >>> 24, size >>> 16, size >>> 8, size];
    const head = size < 126 ? [size] : size < 65536 ? [126, ...length.slice(2)] : [127, 0, 0, 0, 0, ...length];
    head[0]! += binary;
    return this.writer_!.write(concat(Uint8Array.from(head), bytes));
  }

  protected stop_(): void {
    this.session_?.close();
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
