import { type Packet } from './packet.js';
import { Transport } from './transport.js';
/** WebTransport, by the `WebTransport` of the browser. */
export declare class WebTransport extends Transport {
    private session_;
    private writer_;
    get name(): string;
    /** Runs something that may fail. */
    private try_;
    protected open_(): void;
    /** Cuts the stream into packets. Each comes after its length, in the form of WebSocket, and a bit for binary data. */
    private read_;
    protected push_(packets: Packet[]): void;
    private frame_;
    protected stop_(): void;
}
