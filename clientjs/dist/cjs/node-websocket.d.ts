import type { WebSocketLike } from './open-websocket.js';
import type { EngineOptions } from './options.js';
import { type Packet } from './packet.js';
import type { RawData } from './types.js';
import { WebSocket } from './websocket.js';
/** Returns a WebSocket of the package ws, which connects. */
export declare function nodeWebSocket(uri: string, opts: EngineOptions, cookieJar?: unknown): WebSocketLike;
/** WebSocket by the package `ws`, which knows headers, agents, TLS options and compression. */
export declare class NodeWebSocket extends WebSocket {
    protected create_(uri: string): WebSocketLike;
    protected send_(packet: Packet, data: RawData): void;
}
