import type { Packet } from './packet.js';
import type { RawData } from './types.js';
import { WebSocket, type WebSocketLike } from './websocket.js';
/** WebSocket by the package `ws`, which knows headers, agents, TLS options and compression. */
export declare class NodeWebSocket extends WebSocket {
    protected createSocket(uri: string, protocols?: string | string[]): WebSocketLike;
    protected onOpen(): void;
    protected doWrite(packet: Packet, data: RawData): void;
}
