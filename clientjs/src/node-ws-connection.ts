import { nodeWebSocket } from './node-websocket.js';
import type { WebSocketLike } from './open-websocket.js';
import { WebSocketConnection } from './ws-connection.js';

/** A connection by WebSocket, and nothing else, by the package `ws`. */
export class NodeWebSocketConnection extends WebSocketConnection {
  protected override create_(uri: string): WebSocketLike {
    return nodeWebSocket(uri, this.opts);
  }
}
