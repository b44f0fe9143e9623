import type { Packet } from './packet.js';
import { Transport } from './transport.js';
/** HTTP long-polling. How a request is sent is up to its subclasses. */
export declare abstract class Polling extends Transport {
    private polling_?;
    get name(): string;
    /** Asks for packets. The first answer is the handshake. */
    protected open_(): void;
    pause(onPause: () => void): void;
    private onData_;
    protected stop_(): void;
    /** Sends packets, in as many requests as it takes for none to be larger than the server takes. */
    protected push_(packets: Packet[]): void;
    /** The URL of a request. */
    protected uri_(): string;
    /** Asks for packets, or sends some: calls back with the answer, or calls fail_. */
    protected abstract request_(callback: (text: string) => void, body?: string): void;
    /** Waits for packets no longer. */
    protected abstract abort_(): void;
}
/** A payload of nothing but the close packet: the last request of a session. */
export declare const closing = "1";
/** What a payload is sent as. */
export declare const contentType: {
    'Content-Type': string;
};
/** HTTP long-polling by `fetch()`, which browsers, workers, Node.js, Deno and Bun have. */
export declare class Fetch extends Polling {
    private controller_;
    protected abort_(): void;
    protected request_(callback: (text: string) => void, body?: string): void;
}
