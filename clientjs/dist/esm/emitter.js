class Emitter {
  constructor() {
    /** A Map, and not an object: events may be called `__proto__`. */
    this.listeners_ = /* @__PURE__ */ new Map();
  }
  /** Adds a listener. */
  on(ev, listener) {
    const list = this.listeners_.get(ev);
    list ? list.push(listener) : this.listeners_.set(ev, [listener]);
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
    const list = this.listeners_.get(ev);
    if (!args.length) this.listeners_.clear();
    else if (args.length < 2) this.listeners_.delete(ev);
    else if (list) {
      const i = list.findIndex((l) => l === listener || l.fn === listener);
      if (i >= 0) list.splice(i, 1);
      if (!list.length) this.listeners_.delete(ev);
    }
    return this;
  }
  /** Calls the listeners of an event. */
  emit(ev, ...args) {
    for (const listener of [...this.listeners_.get(ev) || []]) listener.apply(this, args);
    return this;
  }
  /** Calls the listeners of one of the library's own events. */
  emitReserved(ev, ...args) {
    return Emitter.prototype.emit.call(this, ev, ...args);
  }
  /** The listeners of an event. */
  listeners(ev) {
    return this.listeners_.get(ev) || [];
  }
  /** Whether an event has listeners. */
  hasListeners(ev) {
    return this.listeners_.has(ev);
  }
}
const prototype = Emitter.prototype;
prototype.addEventListener = prototype.on;
prototype.removeListener = prototype.removeAllListeners = prototype.removeEventListener = prototype.off;
export {
  Emitter
};
