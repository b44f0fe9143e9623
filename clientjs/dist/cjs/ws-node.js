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
var ws_node_exports = {};
__export(ws_node_exports, {
  Manager: () => Manager,
  connect: () => io,
  default: () => io,
  io: () => io
});
module.exports = __toCommonJS(ws_node_exports);
var import_lookup = require("./lookup.js");
var import_manager = require("./manager.js");
var import_node_ws_connection = require("./node-ws-connection.js");
__reExport(ws_node_exports, require("./exports.js"), module.exports);
class Manager extends import_manager.BaseManager {
  /** @internal */
  connect_(uri, opts) {
    return new import_node_ws_connection.NodeWebSocketConnection(uri, opts, this);
  }
}
const io = /* @__PURE__ */ (0, import_lookup.lookup)(Manager);
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Manager,
  connect,
  io,
  ...require("./exports.js")
});
