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
var __reExport = (target, mod, secondTarget) => (__copyProps(target, mod, "default"), secondTarget && __copyProps(secondTarget, mod, "default"));
var __toCommonJS = (mod) => __copyProps(__defProp({}, "__esModule", { value: true }), mod);
var core_exports = {};
__export(core_exports, {
  Fetch: () => import_polling.Fetch,
  Manager: () => Manager,
  WebSocket: () => import_websocket.WebSocket,
  WebTransport: () => import_webtransport.WebTransport,
  XHR: () => import_xhr.XHR,
  connect: () => io,
  default: () => io,
  io: () => io
});
module.exports = __toCommonJS(core_exports);
var import_engine = require("./engine.js");
var import_lookup = require("./lookup.js");
var import_manager = require("./manager.js");
__reExport(core_exports, require("./exports.js"), module.exports);
var import_polling = require("./polling.js");
var import_websocket = require("./websocket.js");
var import_webtransport = require("./webtransport.js");
var import_xhr = require("./xhr.js");
const platform = {
  transports: {},
  binaryType: "arraybuffer"
};
class Manager extends import_manager.BaseManager {
  /** @internal */
  connect_(uri, opts) {
    return new import_engine.Engine(uri, opts, this, platform);
  }
}
const io = /* @__PURE__ */ (0, import_lookup.lookup)(Manager);
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Fetch,
  Manager,
  WebSocket,
  WebTransport,
  XHR,
  connect,
  io,
  ...require("./exports.js")
});
