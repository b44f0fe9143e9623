import { type Packet } from './packet.js';
import { Transport } from './transport.js';
/** HTTP long-polling. How a request is sent is up to its subclasses. */
export declare abstract class Polling extends Transport {
    private polling_;
    get name(): string;
    protected doOpen(): void;
    pause(onPause: () => void): void;
    private poll_;
    protected onData(data: string): void;
    protected doClose(): void;
    protected write(packets: Packet[]): void;
    /** The URL of a request. */
    protected uri(): string;
    /** Asks for packets: onData is called with the answer, or onError. */
    protected abstract doPoll(): void;
    /** Sends packets, and calls back when the server has them, or calls onError. */
    protected abstract doWrite(data: string, callback: () => void): void;
}
/** A payload of nothing but the close packet: the last request of a session. */
export declare const closing = "1";
/** HTTP long-polling by `fetch()`, which browsers, workers, Node.js, Deno and Bun have. */
export declare class Fetch extends Polling {
    private abort_;
    protected doPoll(): void;
    protected doWrite(data: string, callback: () => void): void;
    private fetch_;
}
