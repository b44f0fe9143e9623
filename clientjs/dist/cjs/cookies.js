"use strict";
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __hasOwnProp = Object.prototype.hasOwnProperty;
var __export = (target, all) => {
  for (var name in all)
    __defProp(target, name, { get: all[name], enumerable: true });
};
var __copyProps = (to, from, except, desc) => {
  if (from && typeof from === "object" || typeof from === "function") {
    for (let key of __getOwnPropNames(from))
      if (!__hasOwnProp.call(to, key) && key !== except)
        __defProp(to, key, { get: () => from[key], enumerable: !(desc = __getOwnPropDesc(from, key)) || desc.enumerable });
  }
  return to;
};
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var cookies_exports = {};
__export(cookies_exports, {
  CookieJar: () => CookieJar
});
module.exports = __toCommonJS(cookies_exports);
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
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  CookieJar
});
