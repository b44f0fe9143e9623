export { protocol } from './parser.js';
export { Socket } from './socket.js';
export { Transport, TransportError } from './transport.js';
export type { BaseManager, ManagerOptions, ManagerReservedEvents } from './manager.js';
export type { DisconnectDescription, ExtendedError, SocketOptions, SocketReservedEvents } from './socket.js';
export type { CloseDetails, TransportCtor } from './transport.js';
export type { DefaultEventsMap, EventsMap } from './types.js';
