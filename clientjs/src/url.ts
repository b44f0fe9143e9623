// The URLs of io(). The global URL is not used: React Native's has not always more than a constructor.

import type { EngineOptions } from './options.js';

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
  /** Decoded. */
  query: Record<string, string>;
  /** The same for URLs that may share a connection. */
  id: string;
}

const pattern = /^(\w+):\/\/(?:[^@/?#]*@)?(?:\[(.*?)\]|([^:/?#]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/;

/**
 * Parses the URL of a namespace. One without host is completed by `loc`: the page's location, unless given.
 */
export function url(
  uri?: string | null,
  path = '',
  loc: { protocol: string; host: string } = globalThis.location || { protocol: 'http:', host: 'localhost' },
): ParsedUrl {
  let source = uri || '//' + loc.host;
  if (/^\/(?!\/)/.test(source)) source = loc.host + source;
  if (!/^(http|ws)s?:\/\//.test(source)) source = loc.protocol + source.replace(/^(\/\/)?/, '//');
  const [, protocol = '', ipv6, name = '', port, nsp, query] = pattern.exec(source)!;
  const parsed = {
    source,
    protocol,
    host: ipv6 ?? name,
    port: port || (/[ps]s$/.test(protocol) ? '443' : '80'),
    path: nsp || '/',
    query: parseQuery(query),
    id: '',
  };
  parsed.id = `${protocol}://${hostInUrl(parsed.host)}:${parsed.port}${path}`;
  return parsed;
}

/** A host as it is written in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/** Decodes a query string. A parameter without value has the value ''. */
export function parseQuery(query = ''): Record<string, string> {
  return Object.fromEntries(
    query
      .split('&')
      .filter((pair) => pair)
      .map((pair) => {
        const [name, ...value] = pair.split('=');
        return [decodeURIComponent(name!), decodeURIComponent(value.join('='))];
      }),
  );
}

/** The URL of a request. `unique` adds a parameter that makes it one of a kind, so that it is not answered by a cache. */
export function uriOf(scheme: string, opts: EngineOptions, query: Record<string, any>, unique?: boolean): string {
  const { hostname, port, path, secure, timestampParam = 't' } = opts;
  if (unique) query = { ...query, [timestampParam]: Date.now().toString(36) + Math.random().toString(36).slice(2, 7) };
  const pairs = Object.keys(query).map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(query[name])}`);
  return (
    `${scheme}://${hostInUrl(hostname!)}` +
    (+port! == (secure ? 443 : 80) ? '' : ':' + port) +
    path +
    (pairs[0] ? '?' + pairs.join('&') : '')
  );
}
