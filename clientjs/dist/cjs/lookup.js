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
var lookup_exports = {};
__export(lookup_exports, {
  lookup: () => lookup
});
module.exports = __toCommonJS(lookup_exports);
var import_protocol = require("./protocol.js");
var import_socket = require("./socket.js");
var import_url = require("./url.js");
function lookup(Manager) {
  const managers = {};
  const io = ((uri, opts) => {
    if (typeof uri == "object") {
      opts = uri || opts;
      uri = void 0;
    }
    opts ||= {};
    const { id, path } = (0, import_url.url)(uri, opts.path ||= "/socket.io");
    const alone = opts.forceNew || opts.multiplex === false || managers[id]?.nsps[path];
    return (alone ? new Manager(uri, opts) : managers[id] ||= new Manager(uri, opts)).socket(path, opts);
  });
  return Object.assign(io, { io, connect: io, Manager, Socket: import_socket.Socket, protocol: import_protocol.protocol });
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  lookup
});
