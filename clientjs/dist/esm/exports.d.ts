export { protocol } from './protocol.js';
export { Socket } from './socket.js';
export type { BaseManager, ManagerOptions, ManagerReservedEvents } from './manager.js';
export type { DisconnectDescription, ExtendedError, SocketOptions, SocketReservedEvents } from './socket.js';
export type { CloseDetails } from './transport.js';
export type { EngineOptions } from './options.js';
export type { DefaultEventsMap, EventsMap } from './types.js';
