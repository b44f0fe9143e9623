import type { TransportCtor } from './transport.js';
/** The options of a connection. */
export interface EngineOptions {
    /** The host to connect to. Set from the URL. */
    host?: string;
    /** The same: an IPv6 address has its brackets. Set from the URL. */
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
    /** The path of requests. Default: `/socket.io`. */
    path?: string;
    /** Whether the path ends in a slash. Default: true. */
    addTrailingSlash?: boolean;
    /** The subprotocols of WebSocket. */
    protocols?: string | string[];
}
