import type { EngineOptions } from './options.js';
/** The parts of a URL. */
export interface ParsedUrl {
    /** Whether it is of `https` or `wss`. */
    secure: boolean;
    /** An IPv6 address has its brackets. */
    hostname: string;
    /** '' for the one that is usual. */
    port: string;
    /** The namespace. */
    path: string;
    /** The same for URLs that may share a connection. */
    id: string;
}
/**
 * Parses the URL of a namespace. What it leaves out, `loc` has: the page's location, unless given.
 */
export declare function url(uri?: string | null, path?: string, loc?: {
    protocol: string;
    hostname: string;
    port?: string;
}): ParsedUrl;
/** The URL of a request. `unique` adds a parameter that makes it one of a kind, so that no cache answers it. */
export declare function uriOf(scheme: string, opts: EngineOptions, query: Record<string, any>, unique?: boolean): string;
