import { Connection, type Host } from './connection.js';
import { type WebSocketLike } from './open-websocket.js';
import type { EngineOptions } from './options.js';
import { type Packet } from './packet.js';
/** A connection by WebSocket, and nothing else. */
export declare class WebSocketConnection extends Connection {
    /** What tells of a connection by several transports which one it is. */
    transport: {
        name: string;
        writable: boolean;
    };
    protected ws_: WebSocketLike;
    constructor(uri: string | undefined, options: EngineOptions, host: Host);
    protected create_(uri: string): WebSocketLike;
    protected push_(packet: Packet): void;
    stop_(): void;
}
