class CookieJar {
  constructor() {
    this.cookies_ = /* @__PURE__ */ new Map();
  }
  /** Takes the values of the header Set-Cookie. */
  parseCookies(headers) {
    for (const header of headers || []) {
      const [pair = "", ...attributes] = header.split(";");
      const i = pair.indexOf("=");
      const name = pair.slice(0, Math.max(i, 0)).trim();
      if (!name) continue;
      const value = pair.slice(i + 1).trim().replace(/^"(.*)"$/, "$1");
      this.cookies_.set(name, { value, expires: expiry(attributes) });
    }
  }
  /** The value of the header Cookie, '' for none. */
  header() {
    for (const [name, { expires }] of this.cookies_) if (expires <= Date.now()) this.cookies_.delete(name);
    return [...this.cookies_].map(([name, { value }]) => `${name}=${value}`).join("; ");
  }
}
function expiry(attributes) {
  let end = Infinity;
  for (const attribute of attributes) {
    const [key = "", ...rest] = attribute.split("=");
    const value = rest.join("=").trim();
    const name = key.trim().toLowerCase();
    if (name == "max-age") return Date.now() + (+value || 0) * 1e3;
    if (name == "expires") end = Date.parse(value) || 0;
  }
  return end;
}
export {
  CookieJar
};
