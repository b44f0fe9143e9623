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
  encodeQuery: () => encodeQuery,
  hostInUrl: () => hostInUrl,
  parseQuery: () => parseQuery,
  url: () => url
});
module.exports = __toCommonJS(url_exports);
const pattern = /^(?:(\w+):\/\/)?(?:[^@/?#]*@)?(?:\[([^\]]*)\]|([^:/?#]*))(?::(\d*))?([^?#]*)(?:\?([^#]*))?/;
function url(uri, path = "", loc) {
  loc || (loc = typeof location != "undefined" ? location : { protocol: "https:", host: "localhost" });
  let source = uri ?? `${loc.protocol}//${loc.host}`;
  if (source.startsWith("//")) source = loc.protocol + source;
  else if (source.startsWith("/")) source = loc.host + source;
  if (!/^(https?|wss?):\/\//.test(source)) source = `${loc.protocol}//${source}`;
  const [, protocol = "", ipv6, name = "", port, nsp, query] = pattern.exec(source);
  const parsed = {
    source,
    protocol,
    host: ipv6 ?? name,
    port: port || (/s$/.test(protocol) ? "443" : "80"),
    path: nsp || "/",
    query: query ? parseQuery(query) : void 0,
    id: ""
  };
  parsed.id = `${protocol}://${hostInUrl(parsed.host)}:${parsed.port}${path}`;
  return parsed;
}
function hostInUrl(host) {
  return host.includes(":") ? `[${host}]` : host;
}
function parseQuery(query) {
  return Object.fromEntries(
    query.split("&").map((pair) => {
      const [name, ...value] = pair.split("=");
      return [decodeURIComponent(name), decodeURIComponent(value.join("="))];
    })
  );
}
function encodeQuery(query) {
  return Object.keys(query).map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(query[name]))}`).join("&");
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  encodeQuery,
  hostInUrl,
  parseQuery,
  url
});
