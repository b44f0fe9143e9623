// The URLs of io(). The global URL is not used: React Native's has not always more than a constructor.

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
  /** @internal The query as it is written, '' for none. */
  search_: string;
  /** The same for URLs that may share a connection. */
  id: string;
}

const pattern = /^(((\w+:)?\/\/)?([^@/?#]*@)?(\[[^\]]*]|[^:/?#]+)(:(\d*))?)?([^?#]*)\??([^#]*)/;

/**
 * Parses the URL of a namespace. What it leaves out, `loc` has: the page's location, unless given.
 */
export function url(
  uri?: string | null,
  path = '',
  loc: { protocol: string; hostname: string; port?: string } =
    globalThis.location || // there is no page:
    { protocol: 'http:', hostname: 'localhost' },
): ParsedUrl {
  const [, , , protocol = loc.protocol, , name, , digits, nsp, query] = pattern.exec(uri || '')!;
  const secure = /[ps]s:/.test(protocol);
  const hostname = name || loc.hostname;
  const port = (name ? digits : loc.port) || '';
  return {
    secure,
    hostname,
    port,
    path: nsp || '/',
    search_: query!,
    id: `${protocol}//${hostname}:${port || (secure ? 443 : 80)}${path}`,
  };
}

/** The URL of a request. `unique` adds a parameter that makes it one of a kind, so that no cache answers it. */
export function uriOf(scheme: string, opts: EngineOptions, query: Record<string, any>, unique?: boolean): string {
  const { hostname, port, path, search_: search, timestampParam = 't' } = opts;
  const all = { ...query, ...(unique && { [timestampParam]: Math.random().toString(36).slice(2) }) };
  const pairs = Object.entries(all).map((pair) => pair.map(encodeURIComponent).join('='));
  return `${scheme}://${hostname}${port && ':' + port}${path}?${pairs.join('&')}${search && '&' + search}`;
}
