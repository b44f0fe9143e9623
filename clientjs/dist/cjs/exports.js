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
var exports_exports = {};
__export(exports_exports, {
  Socket: () => import_socket.Socket,
  Transport: () => import_transport.Transport,
  TransportError: () => import_transport.TransportError,
  protocol: () => import_parser.protocol
});
module.exports = __toCommonJS(exports_exports);
var import_parser = require("./parser.js");
var import_socket = require("./socket.js");
var import_transport = require("./transport.js");
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Socket,
  Transport,
  TransportError,
  protocol
});
