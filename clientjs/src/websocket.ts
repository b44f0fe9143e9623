import { openWebSocket, type WebSocketLike } from './open-websocket.js';
import type { Packet } from './packet.js';
import { encodePacket } from './payload.js';
import { Transport } from './transport.js';
import type { RawData } from './types.js';
import { uriOf } from './url.js';

/** WebSocket, by the `WebSocket` of the browser, or of whatever else has one. */
export class WebSocket extends Transport {
  protected ws: WebSocketLike | undefined;

  get name(): string {
    return 'websocket';
  }

  protected doOpen(): void {
    const { opts, query } = this;
    if (!this.supportsBinary) query.b64 = 1;
    try {
      const ws = this.createSocket(uriOf(opts.secure ? 'wss' : 'ws', opts, query, opts.timestampRequests), opts.protocols);
      this.ws = ws;
      ws.binaryType = this.socket.binaryType == 'blob' ? 'blob' : 'arraybuffer';
      ws.onopen = () => this.onOpen();
      ws.onclose = (context) => this.onClose({ description: 'websocket connection closed', context });
      ws.onmessage = (ev) => this.onData(ev.data);
      ws.onerror = (ev) => this.onError('websocket error', ev);
    } catch (err) {
      // Later, when somebody may listen.
      Promise.resolve().then(() => this.onError('websocket error', err));
    }
  }

  /** Returns a WebSocket that connects. */
  protected createSocket(uri: string, _protocols?: string | string[]): WebSocketLike {
    return openWebSocket(uri, this.opts);
  }

  protected write(packets: Packet[]): void {
    this.writable = false;
    let missing = packets.length;
    for (const packet of packets) {
      encodePacket(packet, this.supportsBinary, (data) => {
        this.doWrite(packet, data);
        // Later, when the engine has noted what has been sent.
        if (!--missing) Promise.resolve().then(() => this.drained_());
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
