import { type WebSocketLike } from './open-websocket.js';
import { type Packet } from './packet.js';
import { Transport } from './transport.js';
import type { RawData } from './types.js';
/** WebSocket, by the `WebSocket` of the browser, or of whatever else has one. */
export declare class WebSocket extends Transport {
    protected ws_: WebSocketLike | undefined;
    get name(): string;
    protected open_(): void;
    /** Returns a WebSocket that connects. */
    protected create_(uri: string): WebSocketLike;
    protected push_(packets: Packet[]): void;
    private write_;
    /** Sends what a packet is encoded as. */
    protected send_(_packet: Packet, data: RawData): void;
    protected stop_(): void;
}
