import { Polling } from './polling.js';
/** HTTP long-polling by `XMLHttpRequest`, for pages that need it: `transports: [XHR, WebSocket]`. */
export declare class XHR extends Polling {
    private get_;
    protected abort_(): void;
    protected request_(callback: (text: string) => void, body?: string): void;
}
