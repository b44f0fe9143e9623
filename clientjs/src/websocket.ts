import { encodePacket, type Packet } from './packet.js';
import { Transport } from './transport.js';
import type { RawData } from './types.js';

/** What a WebSocket has to be able to do: the browser's, and that of the package ws. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((ev: any) => void) | null;
  onclose: ((ev: any) => void) | null;
  onerror: ((ev: any) => void) | null;
  onmessage: ((ev: any) => void) | null;
  send(data: RawData, ...more: any[]): void;
  close(): void;
}

declare const navigator: { product?: string } | undefined;

/** WebSocket, by the `WebSocket` of the browser, or of whatever else has one. */
export class WebSocket extends Transport {
  protected ws: WebSocketLike | undefined;

  get name(): string {
    return 'websocket';
  }

  protected doOpen(): void {
    const { timestampRequests, secure, protocols } = this.opts;
    const query = timestampRequests ? this.uniqueQuery() : { ...this.query };
    if (!this.supportsBinary) query.b64 = 1;
    let ws: WebSocketLike;
    try {
      ws = this.ws = this.createSocket(this.createUri(secure ? 'wss' : 'ws', query), protocols);
    } catch (err) {
      Promise.resolve().then(() => this.onError('websocket error', err)); // once there is somebody to listen
      return;
    }
    ws.binaryType = this.socket.binaryType == 'blob' ? 'blob' : 'arraybuffer';
    ws.onopen = () => this.onOpen();
    ws.onclose = (context) => this.onClose({ description: 'websocket connection closed', context });
    ws.onmessage = (ev) => this.onData(ev.data);
    ws.onerror = (ev) => this.onError('websocket error', ev);
  }

  /** Returns a WebSocket that connects. */
  protected createSocket(uri: string, protocols?: string | string[]): WebSocketLike {
    const WebSocket = globalThis.WebSocket as any;
    // React Native knows headers, and warns of anything else.
    return typeof navigator != 'undefined' && navigator.product == 'ReactNative'
      ? new WebSocket(uri, protocols, { headers: this.opts.extraHeaders })
      : new WebSocket(uri, protocols || []);
  }

  protected write(packets: Packet[]): void {
    this.writable = false;
    let missing = packets.length;
    for (const packet of packets) {
      encodePacket(packet, this.supportsBinary, (data) => {
        try {
          this.doWrite(packet, data);
        } catch {} // It is closed, and has not told yet.
        if (!--missing) this.drained();
      });
    }
  }

  /** Sends what a packet is encoded as. */
  protected doWrite(_packet: Packet, data: RawData): void {
    this.ws!.send(data);
  }

  protected doClose(): void {
    const { ws } = this;
    if (!ws) return;
    ws.onerror = () => {};
    ws.close();
  }
}
