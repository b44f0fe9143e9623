import { BaseManager } from './manager.js';
import type { DefaultEventsMap, EventsMap } from './types.js';
import { Fetch } from './polling.js';
import { WebSocket } from './websocket.js';
import { WebTransport } from './webtransport.js';
import { XHR } from './xhr.js';
/** Keeps the connection that sockets share. */
export declare class Manager<ListenEvents extends EventsMap = DefaultEventsMap, EmitEvents extends EventsMap = ListenEvents> extends BaseManager<ListenEvents, EmitEvents> {
}
declare const io: import("./lookup.js").Lookup<typeof Manager>;
export * from './exports.js';
export { io, io as connect, io as default, Fetch, WebSocket, WebTransport, XHR, XHR as NodeXHR, WebSocket as NodeWebSocket, };
export type { TransportCtor, TransportError } from './transport.js';
