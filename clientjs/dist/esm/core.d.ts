import { BaseManager } from './manager.js';
import type { DefaultEventsMap, EventsMap } from './types.js';
/** Keeps the connection that sockets share. */
export declare class Manager<ListenEvents extends EventsMap = DefaultEventsMap, EmitEvents extends EventsMap = ListenEvents> extends BaseManager<ListenEvents, EmitEvents> {
}
declare const io: import("./lookup.js").Lookup<typeof Manager>;
export * from './exports.js';
export { io, io as connect, io as default };
export { Fetch } from './polling.js';
export { WebSocket } from './websocket.js';
export { WebTransport } from './webtransport.js';
export { XHR } from './xhr.js';
export type { TransportCtor, TransportError } from './transport.js';
