import { type Packet } from './packet.js';
import { Transport } from './transport.js';
import type { RawData } from './types.js';
/** What a WebSocket has to be able to do: the browser's, and that of the package ws. */
export interface WebSocketLike {
    binaryType: string;
    onopen: ((ev: any) => void) | null;
    onclose: ((ev: any) => void) | null;
    onerror: ((ev: any) => void) | null;
    onmessage: ((ev: any) => void) | null;
    send(data: RawData, ...more: any[]): void;
    close(): void;
}
/** WebSocket, by the `WebSocket` of the browser, or of whatever else has one. */
export declare class WebSocket extends Transport {
    protected ws: WebSocketLike | undefined;
    get name(): string;
    protected doOpen(): void;
    /** Returns a WebSocket that connects. */
    protected createSocket(uri: string, protocols?: string | string[]): WebSocketLike;
    protected write(packets: Packet[]): void;
    /** Sends what a packet is encoded as. */
    protected doWrite(_packet: Packet, data: RawData): void;
    protected doClose(): void;
}
