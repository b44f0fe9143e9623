import type { CookieJar } from './cookies.js';
import type { EngineOptions } from './options.js';

/** What Node.js wants to know of a connection. */
const names = [
  'agent',
  'pfx',
  'key',
  'passphrase',
  'cert',
  'ca',
  'ciphers',
  'rejectUnauthorized',
  'checkServerIdentity',
  'localAddress',
  'family',
  'lookup',
] as const;

/** The options of a request, those among the options of the engine that Node.js knows. */
export function nodeOptions(opts: EngineOptions, more: readonly string[] = []): Record<string, unknown> {
  const picked: Record<string, unknown> = {};
  for (const name of [...names, ...more]) {
    const value = (opts as Record<string, unknown>)[name];
    if (value != null) picked[name] = value;
  }
  return picked;
}

/** The headers of a request, with the cookies that the server has set. */
export function nodeHeaders(opts: EngineOptions, cookieJar: unknown): Record<string, string> {
  const headers = { ...opts.extraHeaders };
  const cookies = (cookieJar as CookieJar | undefined)?.header();
  if (cookies) {
    const name = Object.keys(headers).find((key) => key.toLowerCase() == 'cookie') || 'cookie';
    headers[name] = headers[name] ? `${headers[name]}; ${cookies}` : cookies;
  }
  return headers;
}
