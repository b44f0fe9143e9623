interface Cookie {
  value: string;
  /** In ms since 1970. */
  expires: number;
}

/** The cookies of one server (RFC 6265), as far as a client of one server has to know them: names, values, lifetimes. */
export class CookieJar {
  private cookies_ = new Map<string, Cookie>();

  /** Takes the values of the header Set-Cookie. */
  parseCookies(headers: string[] | undefined): void {
    for (const header of headers || []) {
      const [pair = '', ...attributes] = header.split(';');
      const i = pair.indexOf('=');
      const name = pair.slice(0, Math.max(i, 0)).trim();
      if (!name) continue;
      const value = pair.slice(i + 1).trim().replace(/^"(.*)"$/, '$1');
      this.cookies_.set(name, { value, expires: expiry(attributes) });
    }
  }

  /** The value of the header Cookie, '' for none. */
  header(): string {
    for (const [name, { expires }] of this.cookies_) if (expires <= Date.now()) this.cookies_.delete(name);
    return [...this.cookies_].map(([name, { value }]) => `${name}=${value}`).join('; ');
  }
}

/** When a cookie ends. Max-Age goes before Expires; what cannot be read ends it at once, so that none stays for ever. */
function expiry(attributes: string[]): number {
  let end = Infinity;
  for (const attribute of attributes) {
    const [key = '', ...rest] = attribute.split('=');
    const value = rest.join('=').trim();
    const name = key.trim().toLowerCase();
    if (name == 'max-age') return Date.now() + (+value || 0) * 1000;
    if (name == 'expires') end = Date.parse(value) || 0;
  }
  return end;
}
