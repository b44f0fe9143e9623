import { WebSocket as WS } from 'ws';
import { nodeHeaders, nodeOptions } from './node-options.js';
import type { WebSocketLike } from './open-websocket.js';
import type { EngineOptions } from './options.js';
import { byteLength, type Packet } from './packet.js';
import type { RawData } from './types.js';
import { WebSocket } from './websocket.js';

/** Returns a WebSocket of the package ws, which connects. */
export function nodeWebSocket(uri: string, opts: EngineOptions, cookieJar?: unknown): WebSocketLike {
  const ws = new WS(uri, opts.protocols, {
    perMessageDeflate: { threshold: 1024 },
    ...nodeOptions(opts, ['perMessageDeflate', 'protocolVersion', 'origin', 'maxPayload']),
    headers: nodeHeaders(opts, cookieJar),
  });
  if (opts.autoUnref) {
    ws.once('upgrade', ({ socket }) => socket.unref());
  }
  return ws;
}

/** WebSocket by the package `ws`, which knows headers, agents, TLS options and compression. */
export class NodeWebSocket extends WebSocket {
  protected override create_(uri: string): WebSocketLike {
    return nodeWebSocket(uri, this.opts_, this.host_._cookieJar);
  }

  protected override send_(packet: Packet, data: RawData): void {
    // The package minds the threshold only where messages are compressed each by itself.
    const { threshold = 1024 } = Object(this.opts_.perMessageDeflate) as { threshold?: number };
    this.ws_!.send(data, { compress: packet.options?.compress !== false && byteLength(data) >= threshold });
  }
}
