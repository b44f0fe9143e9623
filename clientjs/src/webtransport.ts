import { encode, isBlob, type Packet } from './packet.js';
import { bytesOf, decodePacket } from './payload.js';
import { Transport } from './transport.js';

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

  protected doOpen(): void {
    this.run_().catch((err) => this.onError('webtransport error', err));
  }

  private async run_(): Promise<void> {
    const options = (this.opts.transportOptions as Record<string, unknown>)[this.name];
    const session: Session = new (globalThis as any).WebTransport(this.createUri('https'), options);
    this.session_ = session;
    session.closed.then(
      () => this.onClose(),
      (err) => this.onError('webtransport error', err),
    );
    await session.ready;
    const { readable, writable } = await session.createBidirectionalStream();
    this.writer_ = writable.getWriter();
    const { sid } = this.query;
    await this.frame_({ type: 'open', data: sid && JSON.stringify({ sid }) });
    this.onOpen();
    await this.read_(readable.getReader());
  }

  /** Cuts the stream into packets. Each comes after its length, in the form of WebSocket, and a bit for binary data. */
  private async read_(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<void> {
    let rest: Uint8Array = new Uint8Array();
    const take = async (size: number): Promise<Uint8Array> => {
      if (rest.length < size) {
        const chunks = [rest];
        for (let missing = size - rest.length; missing > 0; missing -= chunks[chunks.length - 1]!.length) {
          const { value } = await reader.read();
          if (!value) return new Promise(() => {}); // the end, of which `closed` tells
          chunks.push(value);
        }
        rest = concat(chunks);
      }
      const taken = rest.slice(0, size);
      rest = rest.subarray(size);
      return taken;
    };
    for (;;) {
      const head = (await take(1))[0]!;
      let size = head & 127;
      if (size > 125) {
        const view = new DataView((await take(size == 126 ? 2 : 8)).buffer);
        size = size == 126 ? view.getUint16(0) : view.getUint32(0) * 2 ** 32 + view.getUint32(4);
      }
      const data = await take(size);
      this.onPacket(decodePacket(head & 128 ? data : new TextDecoder().decode(data), this.socket.binaryType));
    }
  }

  protected write(packets: Packet[]): void {
    this.writable = false;
    (async () => {
      for (const packet of packets) await this.frame_(packet);
      this.drained_();
    })().catch((err) => this.onError('webtransport error', err));
  }

  private async frame_(packet: Packet): Promise<unknown> {
    let data = encode(packet);
    const text = typeof data == 'string';
    if (isBlob(data)) data = await data.arrayBuffer();
    const bytes = text ? new TextEncoder().encode(data) : bytesOf(data);
    const size = bytes.length;
    const head = new Uint8Array(size < 126 ? 1 : size < 65536 ? 3 : 9);
    const view = new DataView(head.buffer);
    head[0] = text ? 0 : 128;
    if (size < 126) {
      head[0] += size;
    } else if (size < 65536) {
      head[0] += 126;
      view.setUint16(1, size);
    } else {
      head[0] += 127;
      view.setUint32(1, size / 2 ** 32);
      view.setUint32(5, size);
    }
    return this.writer_!.write(concat([head, bytes]));
  }

  protected doClose(): void {
    this.session_?.close();
  }
}

function concat(chunks: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(chunks.reduce((size, chunk) => size + chunk.length, 0));
  let at = 0;
  for (const chunk of chunks) {
    all.set(chunk, at);
    at += chunk.length;
  }
  return all;
}
