import { Polling } from './polling.js';
/** HTTP long-polling by `node:http`, which knows agents and TLS options, and lets the process end. */
export declare class NodeXHR extends Polling {
    private get_;
    protected abort_(): void;
    protected request_(callback: (text: string) => void, body?: string): void;
}
