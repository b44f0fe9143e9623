import type { WebSocketLike } from './open-websocket.js';
import { WebSocketConnection } from './ws-connection.js';
/** A connection by WebSocket, and nothing else, by the package `ws`. */
export declare class NodeWebSocketConnection extends WebSocketConnection {
    protected create_(uri: string): WebSocketLike;
}
