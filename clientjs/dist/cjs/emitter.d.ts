import type { EventNames, EventParams, EventsMap, ReservedOrUserEventNames, ReservedOrUserListener } from './types.js';
/**
 * An event emitter whose events are typed: `ListenEvents` are received, `EmitEvents` are sent, `ReservedEvents` are
 * the library's own. Listeners run in the order in which they were added. One that is added or removed while an event
 * is delivered counts from the next event on.
 */
export declare class Emitter<ListenEvents extends EventsMap, EmitEvents extends EventsMap, ReservedEvents extends EventsMap = {}> {
    /** A Map, and not an object: events may be called `__proto__`. */
    private listeners_;
    /** Adds a listener. */
    on<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(ev: Ev, listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>): this;
    /** Adds a listener for the next time only. */
    once<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(ev: Ev, listener: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>): this;
    /** Removes a listener; all listeners of an event, if only that is given; all, if nothing is. */
    off<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(...args: [ev?: Ev, listener?: ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>]): this;
    /** Calls the listeners of an event. */
    emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): this;
    /** Calls the listeners of one of the library's own events. */
    protected emit_<Ev extends EventNames<ReservedEvents>>(ev: Ev, ...args: EventParams<ReservedEvents, Ev>): this;
    /** The listeners of an event. */
    listeners<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(ev: Ev): ReservedOrUserListener<ReservedEvents, ListenEvents, Ev>[];
    /** Whether an event has listeners. */
    hasListeners<Ev extends ReservedOrUserEventNames<ReservedEvents, ListenEvents>>(ev: Ev): boolean;
}
export interface Emitter<ListenEvents extends EventsMap, EmitEvents extends EventsMap, ReservedEvents extends EventsMap = {}> {
    removeListener: this['off'];
    removeAllListeners: this['off'];
}
