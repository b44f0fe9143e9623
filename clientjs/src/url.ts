// The URLs of io(). The global URL is not used: React Native's has not always more than a constructor.

import type { EngineOptions } from './options.js';

/** The parts of a URL. */
export interface ParsedUrl {
  /** The URL, completed by what the page's has. */
  source: string;
  /** `http`, `https`, `ws` or `wss`. */
  protocol: string;
  /** Whether it is `https` or `wss`. */
  secure: boolean;
  /** An IPv6 address has no brackets. */
  host: string;
  port: string;
  /** The namespace. */
  path: string;
  /** As it is written, '' for none. */
  query: string;
  /** The same for URLs that may share a connection. */
  id: string;
}

const pattern = /^(\w+):\/\/(?:[^@/?#]*@)?(?:\[(.*?)\]|([^:/?#]*))(?::(\d*))?([^?#]*)\??([^#]*)/;

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
  const [, protocol = '', ipv6, name = '', digits, nsp, query] = pattern.exec(source)!;
  const secure = /[ps]s$/.test(protocol);
  const port = digits || (secure ? '443' : '80');
  const host = ipv6 ?? name;
  const id = `${protocol}://${hostInUrl(host)}:${port}${path}`;
  return { source, protocol, secure, host, port, path: nsp || '/', query: query!, id };
}

/** A host as it is written in a URL. */
export function hostInUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * The URL of a request. `unique` adds a parameter that makes it one of a kind, so that no cache answers it.
 */
export function uriOf(scheme: string, opts: EngineOptions, query: Record<string, any>, unique?: boolean): string {
  const { hostname, port, path, search_, timestampParam = 't' } = opts;
  const parameters = { ...query, ...(unique && { [timestampParam]: Math.random().toString(36).slice(2) }) };
  const pairs = Object.keys(parameters).map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(parameters[name])}`);
  return `${scheme}://${hostInUrl(hostname!)}:${port}${path}?${search_}${pairs.join('&')}`;
}
