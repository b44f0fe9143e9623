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
var emitter_exports = {};
__export(emitter_exports, {
  Emitter: () => Emitter
});
module.exports = __toCommonJS(emitter_exports);
class Emitter {
  constructor() {
    /** A Map, and not an object: events may be called `__proto__`. */
    this.listeners_ = /* @__PURE__ */ new Map();
  }
  /** Adds a listener. */
  on(ev, listener) {
    this.listeners_.set(ev, [...this.listeners(ev), listener]);
    return this;
  }
  /** Adds a listener for the next time only. */
  once(ev, listener) {
    const once = (...args) => {
      this.off(ev, once);
      listener.apply(this, args);
    };
    once.fn = listener;
    return this.on(ev, once);
  }
  /** Removes a listener; all listeners of an event, if only that is given; all, if nothing is. */
  off(...args) {
    const [ev, listener] = args;
    let found = false;
    const others = this.listeners(ev).filter(
      (l) => args.length > 1 && (found || !(found = l == listener || l.fn == listener))
    );
    if (!args.length) this.listeners_.clear();
    else if (others[0]) this.listeners_.set(ev, others);
    else this.listeners_.delete(ev);
    return this;
  }
  /** Calls the listeners of an event. */
  emit(ev, ...args) {
    return this.emit_(ev, ...args);
  }
  /** Calls the listeners of one of the library's own events. */
  emit_(ev, ...args) {
    for (const listener of this.listeners(ev)) listener.apply(this, args);
    return this;
  }
  /** The listeners of an event. */
  listeners(ev) {
    return this.listeners_.get(ev) || [];
  }
  /** Whether an event has listeners. */
  hasListeners(ev) {
    return !!this.listeners(ev)[0];
  }
}
const prototype = Emitter.prototype;
prototype.removeListener = prototype.removeAllListeners = prototype.off;
// Annotate the CommonJS export names for ESM import in node:
0 && (module.exports = {
  Emitter
});
