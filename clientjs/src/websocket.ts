import { openWebSocket, type WebSocketLike } from './open-websocket.js';
import { encode, type Packet } from './packet.js';
import { decodePacket, encodeText } from './payload.js';
import { Transport } from './transport.js';
import type { RawData } from './types.js';
import { uriOf } from './url.js';

/** WebSocket, by the `WebSocket` of the browser, or of whatever else has one. */
export class WebSocket extends Transport {
  protected ws_: WebSocketLike | undefined;

  get name(): string {
    return 'websocket';
  }

  protected open_(): void {
    const { opts_: opts, query } = this;
    if (opts.forceBase64) query.b64 = 1;
    try {
      const ws = this.create_(uriOf(opts.secure ? 'wss' : 'ws', opts, query, opts.timestampRequests));
      this.ws_ = ws;
      ws.binaryType = IN_BUNDLE || this.host_.binaryType == 'blob' ? this.host_.binaryType : 'arraybuffer';
      ws.onopen = () => this.opened_();
      ws.onclose = (context) => this.end_({ description: 'websocket connection closed', context });
      ws.onmessage = ({ data }) => this.onPacket_(decodePacket(data, this.host_.binaryType));
      ws.onerror = (ev) => this.fail_('websocket error', ev);
    } catch (err) {
      // Later, when somebody may listen.
      Promise.resolve().then(() => this.fail_('websocket error', err));
    }
  }

  /** Returns a WebSocket that connects. */
  protected create_(uri: string): WebSocketLike {
    return openWebSocket(uri, this.opts_);
  }

  protected push_(packets: Packet[]): void {
    this.writable = false;
    // Later, when the engine has noted what has been sent.
    this.write_(packets).then(
      () => this.drained_(),
      (err) => this.fail_('websocket error', err),
    );
  }

  private async write_(packets: Packet[]): Promise<void> {
    for (const packet of packets) {
      this.send_(packet, this.opts_.forceBase64 ? await encodeText(packet) : encode(packet));
    }
  }

  /** Sends what a packet is encoded as. */
  protected send_(_packet: Packet, data: RawData): void {
    this.ws_!.send(data);
  }

  protected stop_(): void {
    const { ws_: ws } = this;
    if (!ws) return;
    ws.onerror = () => {};
    ws.close();
  }
}
