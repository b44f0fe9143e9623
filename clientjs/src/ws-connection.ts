import { Connection, queryOf, type Host } from './connection.js';
import { openWebSocket, type WebSocketLike } from './open-websocket.js';
import type { EngineOptions } from './options.js';
import { decode, encode } from './packet.js';
import { uriOf } from './url.js';

/** A connection by WebSocket, and nothing else. */
export class WebSocketConnection extends Connection {
  /** What tells of a connection by several transports which one it is. */
  transport = { name: 'websocket', writable: false };
  protected ws_: WebSocketLike;

  constructor(uri: string | undefined, options: EngineOptions, host: Host) {
    super(uri, options, host, 'arraybuffer');
    const { opts, transport } = this;
    const ws = (this.ws_ = this.create_(
      uriOf(opts.secure ? 'wss' : 'ws', opts, queryOf(this, transport.name), opts.timestampRequests),
    ));
    ws.binaryType = 'arraybuffer';
    ws.onopen = () => this.drained_();
    ws.onmessage = ({ data }) => this.onPacket_(decode(data));
    ws.onclose = (context) => this.end_('transport close', { description: 'websocket connection closed', context });
    ws.onerror = (err) => this.fail_(Object.assign(new Error('websocket error'), { context: err }));
  }

  protected create_(uri: string): WebSocketLike {
    return openWebSocket(uri, this.opts);
  }

  protected drained_(): void {
    if (this.readyState == 'closed') return;
    this.transport.writable = true;
    if (this.writeBuffer[0]) this.flush_();
    else this.emitReserved('drain');
  }

  protected flush_(): void {
    const { transport, writeBuffer } = this;
    if (!transport.writable || !writeBuffer[0]) return;
    this.writeBuffer = [];
    transport.writable = false;
    for (const packet of writeBuffer) this.ws_.send(encode(packet));
    this.emitReserved('flush');
    Promise.resolve().then(() => this.drained_());
  }

  protected stop_(): void {
    this.ws_.onclose = this.ws_.onerror = () => {};
    this.ws_.close();
  }
}
