import { Connection, type HandshakeData, type Host } from './connection.js';
import type { EngineOptions } from './options.js';
import { type Packet } from './packet.js';
import type { Transport, TransportCtor } from './transport.js';
import type { BinaryType, RawData } from './types.js';
/** What depends on where the client runs. */
export interface Platform {
    transports: Record<string, TransportCtor>;
    binaryType: BinaryType;
    createCookieJar?: () => unknown;
}
/** A connection by one transport after the other. */
export declare class Engine extends Connection {
    /** The transport that is used now. */
    transport: Transport;
    /** The names of the transports that may be used. */
    transports: string[];
    upgrading: boolean;
    /** Packets that have not been sent yet. */
    writeBuffer: Packet[];
    /** Cookies that the server has set (Node.js). */
    _cookieJar: unknown;
    private ctors_;
    private sent_?;
    constructor(uri: string | undefined, opts: EngineOptions, host: Host, platform: Platform);
    private open_;
    private create_;
    /** Goes over to a transport. */
    private use_;
    /** Tries a better transport, and goes over to it once the server has answered there. */
    private probe_;
    protected onHandshake_(data: HandshakeData): void;
    protected push_(packet: Packet): void;
    private flush_;
    sizeOf_(data: RawData): number;
    /** Closes the connection, once everything has been sent. */
    close(): this;
    protected fail_(err: Error): void;
    stop_(): void;
}
