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
var open_websocket_exports = {};
__export(open_websocket_exports, {
  openWebSocket: () => openWebSocket
});
module.exports = __toCommonJS(open_websocket_exports);
function openWebSocket(uri, { protocols, extraHeaders }) {
  return globalThis.navigator?.product == "ReactNative" ? new WebSocket(uri, protocols, { headers: extraHeaders }) : new WebSocket(uri, protocols || []);
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  openWebSocket
});
