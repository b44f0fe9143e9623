import type { BaseManager, ManagerOptions } from './manager.js';
import { protocol } from './protocol.js';
import { Socket, type SocketOptions } from './socket.js';
/** The function `io()`. */
export interface Lookup<M> {
    /** Returns the socket of a namespace. Sockets of one server share a connection, unless told not to. */
    (opts?: Partial<ManagerOptions & SocketOptions>): Socket;
    (uri?: string, opts?: Partial<ManagerOptions & SocketOptions>): Socket;
    /** The same function, and what is exported beside it, for scripts that have nothing but `io`. */
    io: Lookup<M>;
    connect: Lookup<M>;
    Manager: M;
    Socket: typeof Socket;
    protocol: typeof protocol;
}
type ManagerCtor = new (uri?: string, opts?: Partial<ManagerOptions>) => BaseManager<any, any>;
/** Returns the function `io()` that makes managers of a class. */
export declare function lookup<M extends ManagerCtor>(Manager: M): Lookup<M>;
export {};
