import { WebSocket as WS } from 'ws';
import { nodeHeaders, nodeOptions } from './node-options.js';
import type { Packet } from './packet.js';
import type { RawData } from './types.js';
import { WebSocket, type WebSocketLike } from './websocket.js';

/** WebSocket by the package `ws`, which knows headers, agents, TLS options and compression. */
export class NodeWebSocket extends WebSocket {
  protected override createSocket(uri: string, protocols?: string | string[]): WebSocketLike {
    const { opts, socket } = this;
    return new WS(uri, protocols, {
      ...nodeOptions(opts, ['perMessageDeflate', 'protocolVersion', 'origin', 'maxPayload']),
      headers: nodeHeaders(opts, socket),
    });
  }

  protected override onOpen(): void {
    if (this.opts.autoUnref) (this.ws as unknown as { _socket: { unref(): void } })._socket.unref();
    super.onOpen();
  }

  protected override doWrite(packet: Packet, data: RawData): void {
    this.ws!.send(data, { compress: packet.options?.compress !== false });
  }
}
