// The URLs of io(). The global URL is not used: React Native's has no more than a constructor.

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

const pattern = /^(?:(\w+):\/\/)?(?:[^@/?#]*@)?(?:\[([^\]]*)\]|([^:/?#]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/;

/**
 * Parses the URL of a namespace. One without host is completed by `loc`, which is the page's location unless given.
 */
export function url(uri?: string | null, path = '', loc?: Location): ParsedUrl {
  loc ||= typeof location != 'undefined' ? location : { protocol: 'https:', host: 'localhost' };
  let source = uri ?? `${loc.protocol}//${loc.host}`;
  if (source.startsWith('//')) source = loc.protocol + source;
  else if (source.startsWith('/')) source = loc.host + source;
  if (!/^(https?|wss?):\/\//.test(source)) source = `${loc.protocol}//${source}`;
  const [, protocol = '', ipv6, name = '', port, nsp, query] = pattern.exec(source)!;
  const parsed: ParsedUrl = {
    source,
    protocol,
    host: ipv6 ?? name,
    port: port || (/[ps]s$/.test(protocol) ? '443' : '80'),
    path: nsp || '/',
    query: query ? parseQuery(query) : undefined,
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
export function parseQuery(query: string): Record<string, string> {
  return Object.fromEntries(
    query.split('&').map((pair) => {
      const [name, ...value] = pair.split('=');
      return [decodeURIComponent(name!), decodeURIComponent(value.join('='))];
    }),
  );
}

/** Encodes a query string, without question mark. */
export function encodeQuery(query: Record<string, unknown>): string {
  return Object.keys(query)
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(query[name]))}`)
    .join('&');
}
