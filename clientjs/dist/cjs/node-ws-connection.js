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
var node_ws_connection_exports = {};
__export(node_ws_connection_exports, {
  NodeWebSocketConnection: () => NodeWebSocketConnection
});
module.exports = __toCommonJS(node_ws_connection_exports);
var import_node_websocket = require("./node-websocket.js");
var import_ws_connection = require("./ws-connection.js");
class NodeWebSocketConnection extends import_ws_connection.WebSocketConnection {
  create_(uri) {
    return (0, import_node_websocket.nodeWebSocket)(uri, this.opts);
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  NodeWebSocketConnection
});
