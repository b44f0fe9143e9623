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
export {
  Emitter
};
