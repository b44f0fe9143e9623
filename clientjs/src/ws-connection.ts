import { Connection, type Host } from './connection.js';
import { openWebSocket, type WebSocketLike } from './open-websocket.js';
import type { EngineOptions } from './options.js';
import { decode, encode, protocol, type Packet } from './packet.js';
import { uriOf } from './url.js';

/** A connection by WebSocket, and nothing else. */
export class WebSocketConnection extends Connection {
  /** What tells of a connection by several transports which one it is. */
  transport = { name: 'websocket', writable: false };
  protected ws_: WebSocketLike;

  constructor(uri: string | undefined, options: EngineOptions, host: Host) {
    super(uri, options, host, 'arraybuffer');
    const { opts } = this;
    const query = { ...opts.query, EIO: protocol, transport: 'websocket' };
    const ws = (this.ws_ = this.create_(uriOf(opts.secure ? 'wss' : 'ws', opts, query, opts.timestampRequests)));
    ws.binaryType = 'arraybuffer';
    ws.onmessage = ({ data }) => this.onPacket_(decode(data));
    ws.onclose = (context) => this.end_('transport close', { description: 'websocket connection closed', context });
    ws.onerror = (err) => this.fail_(Object.assign(new Error('websocket error'), { context: err }));
  }

  protected create_(uri: string): WebSocketLike {
    const { opts } = this;
    return IN_BUNDLE ? new WebSocket(uri, opts.protocols || []) : openWebSocket(uri, opts);
  }

  protected push_(packet: Packet): void {
    const { transport } = this;
    this.ws_.send(encode(packet), packet.options); // of which the package ws alone knows
    this.emit_('flush');
    transport.writable = false;
    Promise.resolve().then(() => {
      transport.writable = this.readyState == 'open';
      this.emit_('drain');
    });
  }

  stop_(): void {
    this.transport.writable = false;
    this.ws_.close();
  }
}
