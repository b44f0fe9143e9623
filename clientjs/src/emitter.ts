import type {
  EventNames,
  EventParams,
  EventsMap,
  ReservedOrUserEventNames,
  ReservedOrUserListener,
} from './types.js';

type Listener = ((...args: any[]) => unknown) & { fn?: Listener };

/**
 * An event emitter whose events are typed: `ListenEvents` are received, `EmitEvents` are sent, `ReservedEvents` are
 * the library's own. Listeners run in the order in which they were added. One that is added or removed while an event
 * is delivered counts from the next event on.
 */
export class Emitter<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap = {},
> {
  /** A Map, and not an object: events may be called `__proto__`. */
  private listeners_ = new Map<unknown, Listener[]>();

  /** Adds a listener. */
  on<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    this.listeners_.set(ev, [...this.listeners(ev), listener]);
    return this;
  }

  /** Adds a listener for the next time only. */
  once<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
    listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>,
  ): this {
    const once: Listener = (...args) => {
      this.off(ev, once as typeof listener);
      (listener as Listener).apply(this, args);
    };
    once.fn = listener;
    return this.on(ev, once as typeof listener);
  }

  /** Removes a listener; all listeners of an event, if only that is given; all, if nothing is. */
  off<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ...args: [ev?: Ev, listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>]
  ): this {
    const [ev, listener] = args;
    let found = false;
    const others = this.listeners(ev!).filter(
      (l: Listener) => args.length > 1 && (found || !(found = l == listener || l.fn == listener)),
    );
    if (!args.length) this.listeners_.clear();
    else if (others[0]) this.listeners_.set(ev, others);
    else this.listeners_.delete(ev);
    return this;
  }

  /** Calls the listeners of an event. */
  emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): this {
    return this.emit_(ev as any, ...(args as any));
  }

  /** Calls the listeners of one of the library's own events. */
  protected emit_<Ev extends EventNames<ReservedEvents>>(
    ev: Ev,
    ...args: EventParams<ReservedEvents, Ev>
  ): this {
    for (const listener of this.listeners(ev) as Listener[]) listener.apply(this, args);
    return this;
  }

  /** The listeners of an event. */
  listeners<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(
    ev: Ev,
  ): ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>[] {
    return (this.listeners_.get(ev) || []) as ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>[];
  }

  /** Whether an event has listeners. */
  hasListeners<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(ev: Ev): boolean {
    return !!this.listeners(ev)[0];
  }
}

// The other names of off.
export interface Emitter<
  ListenEvents extends EventsMap,
  EmitEvents extends EventsMap,
  ReservedEvents extends EventsMap = {},
> {
  removeListener: this['off'];
  removeAllListeners: this['off'];
}

const prototype = Emitter.prototype;
prototype.removeListener = prototype.removeAllListeners = prototype.off;
