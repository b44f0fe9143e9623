"use strict";
var __create = Object.create;
var __defProp = Object.defineProperty;
var __getOwnPropDesc = Object.getOwnPropertyDescriptor;
var __getOwnPropNames = Object.getOwnPropertyNames;
var __getProtoOf = Object.getPrototypeOf;
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
var __toESM = (mod, isNodeMode, target) => (target = mod != null ? __create(__getProtoOf(mod)) : {}, __copyProps(
  // If the importer is in node compatibility mode or this is not an ESM
  // file that has been converted to a CommonJS file using a Babel-
  // compatible transform (i.e. "__esModule" has not been set), then set
  // "default" to the CommonJS "module.exports" for node compatibility.
  isNodeMode || !mod || !mod.__esModule ? __defProp(target, "default", { value: mod, enumerable: true }) : target,
  mod
));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var node_polling_exports = {};
__export(node_polling_exports, {
  NodeXHR: () => NodeXHR
});
module.exports = __toCommonJS(node_polling_exports);
var http = __toESM(require("node:http"));
var https = __toESM(require("node:https"));
var import_node_options = require("./node-options.js");
var import_polling = require("./polling.js");
class NodeXHR extends import_polling.Polling {
  abort_() {
    this.get_?.destroy();
  }
  request_(callback, body) {
    const { opts_: opts, host_: socket } = this;
    const fail = (description, context) => this.fail_(`xhr ${body ? "post" : "poll"} error`, description, context ?? request);
    const request = (opts.secure ? https : http).request(this.uri_(), {
      agent: false,
      // which has no connections that the server is about to close
      ...(0, import_node_options.nodeOptions)(opts),
      method: body ? "POST" : "GET",
      headers: { ...body && import_polling.contentType, ...(0, import_node_options.nodeHeaders)(opts, socket._cookieJar) },
      timeout: opts.requestTimeout
    });
    request.on("socket", (connection) => opts.autoUnref && connection.unref()).on("timeout", () => request.destroy(new Error("timeout"))).on("error", fail).on("close", () => body == import_polling.closing && this.abort_()).on("response", (response) => {
      socket._cookieJar?.parseCookies(response.headers["set-cookie"]);
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => text += chunk).on("error", fail).on("end", () => response.statusCode == 200 ? callback(text) : fail(response.statusCode, response));
    });
    if (!body) this.get_ = request;
    request.end(body);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  NodeXHR
});
