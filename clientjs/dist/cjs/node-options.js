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
var node_options_exports = {};
__export(node_options_exports, {
  nodeHeaders: () => nodeHeaders,
  nodeOptions: () => nodeOptions
});
module.exports = __toCommonJS(node_options_exports);
const names = [
  "agent",
  "pfx",
  "key",
  "passphrase",
  "cert",
  "ca",
  "ciphers",
  "rejectUnauthorized",
  "checkServerIdentity",
  "localAddress",
  "family",
  "lookup"
];
function nodeOptions(opts, more = []) {
  const picked = {};
  for (const name of [...names, ...more]) {
    const value = opts[name];
    if (value != null) picked[name] = value;
  }
  return picked;
}
function nodeHeaders(opts, cookieJar) {
  const headers = { ...opts.extraHeaders };
  const cookies = cookieJar?.header();
  if (cookies) {
    const name = Object.keys(headers).find((key) => key.toLowerCase() == "cookie") || "cookie";
    headers[name] = headers[name] ? `${headers[name]}; ${cookies}` : cookies;
  }
  return headers;
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  nodeHeaders,
  nodeOptions
});
