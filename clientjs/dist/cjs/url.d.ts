/** The parts of a URL. */
export interface ParsedUrl {
    /** The URL, completed by what the page's has. */
    source: string;
    /** `http`, `https`, `ws` or `wss`. */
    protocol: string;
    /** An IPv6 address has no brackets. */
    host: string;
    port: string;
    /** The namespace. */
    path: string;
    /** Decoded; undefined if there is none. */
    query: Record<string, string> | undefined;
    /** The same for URLs that may share a connection. */
    id: string;
}
interface Location {
    protocol: string;
    host: string;
}
/**
 * Parses the URL of a namespace. One without host is completed by `loc`, which is the page's location unless given.
 */
export declare function url(uri?: string | null, path?: string, loc?: Location): ParsedUrl;
/** A host as it is written in a URL. */
export declare function hostInUrl(host: string): string;
/** Decodes a query string. A parameter without value has the value ''. */
export declare function parseQuery(query: string): Record<string, string>;
/** Encodes a query string, without question mark. */
export declare function encodeQuery(query: Record<string, unknown>): string;
export {};
