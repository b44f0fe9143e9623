import { Polling } from './polling.js';
/** HTTP long-polling by `XMLHttpRequest`, for pages that need it: `transports: [XHR, WebSocket]`. */
export declare class XHR extends Polling {
    private get_;
    protected doPoll(): void;
    protected doWrite(data: string, callback: () => void): void;
    private request_;
}
