import { Polling } from './polling.js';
/** HTTP long-polling by `node:http`, which knows agents and TLS options, and lets the process end. */
export declare class NodeXHR extends Polling {
    private get_;
    protected doPoll(): void;
    protected doWrite(data: string, callback: () => void): void;
    private request_;
}
