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
  abort_() {
    this.get_?.abort();
  }
  request_(callback, body) {
    const { opts_: opts } = this;
    const xhr = new XMLHttpRequest();
    xhr.open(body ? "POST" : "GET", this.uri_());
    const headers = { ...body && import_polling.contentType, ...opts.extraHeaders };
    for (const name of Object.keys(headers)) xhr.setRequestHeader(name, headers[name]);
    xhr.withCredentials = !!opts.withCredentials;
    xhr.timeout = opts.requestTimeout || 0;
    xhr.onloadend = () => {
      if (body == import_polling.closing) this.abort_();
      if (xhr.status == 200) callback(xhr.responseText);
      else this.fail_(`xhr ${body ? "post" : "poll"} error`, xhr.status, xhr);
    };
    if (!body) this.get_ = xhr;
    xhr.send(body);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  XHR
});
