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
var xhr_exports = {};
__export(xhr_exports, {
  XHR: () => XHR
});
module.exports = __toCommonJS(xhr_exports);
var import_polling = require("./polling.js");
class XHR extends import_polling.Polling {
  doPoll() {
    this.get_ = this.request_("poll", (text) => this.onData(text));
  }
  doWrite(data, callback) {
    this.request_("post", callback, data);
  }
  request_(what, callback, body) {
    const { opts } = this;
    const xhr = new XMLHttpRequest();
    xhr.open(body ? "POST" : "GET", this.uri());
    for (const name of Object.keys(opts.extraHeaders || {})) xhr.setRequestHeader(name, opts.extraHeaders[name]);
    if (body) xhr.setRequestHeader("content-type", "text/plain;charset=UTF-8");
    xhr.withCredentials = !!opts.withCredentials;
    xhr.timeout = opts.requestTimeout || 0;
    xhr.onloadend = () => {
      if (body == import_polling.closing) this.get_.abort();
      xhr.status == 200 ? callback(xhr.responseText) : this.onError(`xhr ${what} error`, xhr.status, xhr);
    };
    xhr.send(body);
    return xhr;
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  XHR
});
