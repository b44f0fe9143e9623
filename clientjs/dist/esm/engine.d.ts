import { Emitter } from './emitter.js';
import { type Packet, type WriteOptions } from './packet.js';
import type { CloseDetails, Transport, TransportCtor } from './transport.js';
import type { BinaryType, RawData } from './types.js';
/** The options of a connection. */
export interface EngineOptions {
    /** The host to connect to. Set from the URL. */
    host?: string;
    /** The same, without port. Set from the URL. */
    hostname?: string;
    /** Whether to connect by HTTPS. Set from the URL. */
    secure?: boolean;
    /** The port to connect to. Set from the URL. */
    port?: string | number;
    /** Query parameters that every request has. Those of the URL are added. */
    query?: {
        [key: string]: any;
    };
    /** The `http.Agent` of requests (Node.js only). */
    agent?: string | boolean | object;
    /** Whether to go on to a better transport once connected. Default: true. */
    upgrade?: boolean;
    /** Whether to send binary data as base64 where it could be sent as it is. Default: false. */
    forceBase64?: boolean;
    /** The name of the query parameter that makes requests unique. Default: `t`. */
    timestampParam?: string;
    /** Whether requests get such a parameter. Default: those of polling do. */
    timestampRequests?: boolean;
    /** The transports to use, by name or by class, the first one first. Default: all, polling first. */
    transports?: string[] | TransportCtor[];
    /** Classes to use as transports. The same as classes in `transports`. */
    transportImplementations?: TransportCtor[];
    /** Whether to try the next transport if one fails to connect. Default: false. */
    tryAllTransports?: boolean;
    /** Whether to begin with WebSocket if that has worked before. Default: false. */
    rememberUpgrade?: boolean;
    /** How long a request of polling may take, in ms. Default: 0, without limit. */
    requestTimeout?: number;
    /** Options of single transports, by their names. */
    transportOptions?: object;
    /** TLS options (Node.js only): those of `tls.connect`. */
    pfx?: string;
    key?: string;
    passphrase?: string;
    cert?: string;
    ca?: string | string[];
    ciphers?: string;
    rejectUnauthorized?: boolean;
    /** Headers of all requests. Browsers cannot send them with WebSocket. */
    extraHeaders?: {
        [header: string]: string;
    };
    /** Whether to send cookies to other origins, and, in Node.js, to keep them at all. Default: false. */
    withCredentials?: boolean;
    /** Whether to close in silence when the page is about to be left, so that it sees no `disconnect`. Default: false. */
    closeOnBeforeunload?: boolean;
    /** Whether to use the timers as they were before somebody, such as a test, replaced them. Default: false. */
    useNativeTimers?: boolean;
    /** Whether the process may end while connected (Node.js only). Default: false. */
    autoUnref?: boolean;
    /** Compression of WebSocket (Node.js only). Default: from 1024 bytes on. */
    perMessageDeflate?: {
        threshold: number;
    } | boolean;
    /** The path of requests. Default: `/engine.io`; that of a Manager: `/socket.io`. */
    path?: string;
    /** Whether the path ends in a slash. Default: true. */
    addTrailingSlash?: boolean;
    /** The subprotocols of WebSocket. */
    protocols?: string | string[];
}
/** What depends on where the client runs. */
export interface Platform {
    transports: Record<string, TransportCtor>;
    binaryType: BinaryType;
    createCookieJar?: () => unknown;
}
/** What a server says of a session. */
export interface HandshakeData {
    sid: string;
    upgrades: string[];
    pingInterval: number;
    pingTimeout: number;
    maxPayload: number;
}
/** What an engine tells. */
export interface EngineReservedEvents {
    open: () => void;
    handshake: (data: HandshakeData) => void;
    packet: (packet: Packet) => void;
    packetCreate: (packet: Packet) => void;
    data: (data: RawData) => void;
    message: (data: RawData) => void;
    drain: () => void;
    flush: () => void;
    heartbeat: () => void;
    ping: () => void;
    pong: () => void;
    error: (err: string | Error) => void;
    upgrading: (transport: Transport) => void;
    upgrade: (transport: Transport) => void;
    upgradeError: (err: Error) => void;
    close: (reason: string, description?: CloseDetails | Error) => void;
}
/** The timers of a connection. */
export interface Timers {
    setTimeoutFn(fn: () => void, delay?: number): any;
    clearTimeoutFn(timer: any): void;
}
/** The timers that the options ask for. */
export declare function timers({ useNativeTimers, autoUnref }: EngineOptions): Timers;
type PageListener = (event: Event) => void;
/** Who wants to know when the network comes and goes, and the page is shown. */
export declare const pageListeners: Set<PageListener>;
/** A connection to an Engine.IO server, by one transport after the other. */
export declare class Engine extends Emitter<{}, {}, EngineReservedEvents> {
    /** Whether a connection by WebSocket has worked lately; for all connections. */
    static priorWebsocketSuccess: boolean;
    static protocol: number;
    /** The id of the session, which only server and client know. */
    id: string | null;
    /** The transport that is used now. */
    transport: Transport;
    readyState: 'opening' | 'open' | 'closing' | 'closed';
    /** Packets that have not been sent yet. */
    writeBuffer: Packet[];
    /** What received binary data becomes. */
    binaryType: BinaryType;
    opts: EngineOptions;
    /** The names of the transports that may be used. */
    transports: string[];
    hostname: string;
    port: string | number;
    secure: boolean;
    upgrading: boolean;
    setTimeoutFn: Timers['setTimeoutFn'];
    clearTimeoutFn: Timers['clearTimeoutFn'];
    /** Cookies that the server has set (Node.js). */
    _cookieJar: unknown;
    /** When the server must have been heard of. Timers stand still while a device sleeps. */
    _pingTimeoutTime: number;
    /** The largest message that the server takes, in bytes; 0 if it did not say. */
    _maxPayload: number;
    private sent_;
    private ctors_;
    private upgrades_;
    private pingDelay_;
    private pingTimer_;
    constructor(uri: string | undefined, opts: EngineOptions, platform: Platform);
    private onPageEvent_;
    private onUnload_;
    private createTransport_;
    private open_;
    private setTransport_;
    /** Tries a better transport, and goes over to it once the server has answered there. */
    private probe_;
    private onOpen_;
    private isOpen_;
    private onPacket_;
    private onHandshake_;
    private resetPingTimer_;
    private pingTimeout_;
    /**
     * Whether the server should have been heard of by now. If so, the connection is closed, a moment later. It tells what
     * the timer would have told if the device had not been asleep.
     */
    _hasPingExpired(): boolean;
    private onDrain_;
    private flush_;
    /** As many packets as fit into one request. */
    private writablePackets_;
    /** The size in bytes of a message, as the server counts it. */
    _sizeOf(data: RawData): number;
    /** Sends a message. The callback is called once it is on its way. */
    write(data: RawData, options?: WriteOptions | null, fn?: () => void): this;
    /** The same as write. */
    send(data: RawData, options?: WriteOptions | null, fn?: () => void): this;
    private sendPacket_;
    /** Closes the connection, once everything has been sent. */
    close(): this;
    private onError_;
    private close_;
}
export {};
