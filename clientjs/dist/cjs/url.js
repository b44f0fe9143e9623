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
var url_exports = {};
__export(url_exports, {
  uriOf: () => uriOf,
  url: () => url
});
module.exports = __toCommonJS(url_exports);
const pattern = /^(((\w+:)?\/\/)?([^@/?#]*@)?(\[[^\]]*]|[^:/?#]+)(:(\d*))?)?([^?#]*)\??([^#]*)/;
function url(uri, path = "", loc = globalThis.location || // there is no page:
{ protocol: "http:", hostname: "localhost" }) {
  const [, , , protocol = loc.protocol, , name, , digits, nsp, query] = pattern.exec(uri || "");
  const secure = /[ps]s:/.test(protocol);
  const hostname = name || loc.hostname;
  const port = (name ? digits : loc.port) || "";
  return {
    secure,
    hostname,
    port,
    path: nsp || "/",
    search_: query,
    id: `${protocol}//${hostname}:${port || (secure ? 443 : 80)}${path}`
  };
}
function uriOf(scheme, opts, query, unique) {
  const { hostname, port, path, search_: search, timestampParam = "t" } = opts;
  const all = { ...query, ...unique && { [timestampParam]: Math.random().toString(36).slice(2) } };
  const pairs = Object.entries(all).map((pair) => pair.map(encodeURIComponent).join("="));
  return `${scheme}://${hostname}${port && ":" + port}${path}?${pairs.join("&")}${search && "&" + search}`;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  uriOf,
  url
});
