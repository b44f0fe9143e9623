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
var backoff_exports = {};
__export(backoff_exports, {
  Backoff: () => Backoff
});
module.exports = __toCommonJS(backoff_exports);
class Backoff {
  constructor(min, max, jitter) {
    this.min = min;
    this.max = max;
    this.jitter = jitter;
    /** Attempts since the last reset. */
    this.attempts = 0;
  }
  /** The next delay, in ms. */
  duration() {
    const delay = this.min * 2 ** this.attempts++;
    return Math.floor(Math.min(delay * (1 + this.jitter * (Math.random() * 2 - 1)), this.max));
  }
  /** Starts again with the first delay. */
  reset() {
    this.attempts = 0;
  }
}
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Backoff
});
