// The types that type events. They have the names and the meaning of those of socket.io-client, so that code which
// declares its events for one compiles against the other.

/** A map of event names to the type of their listeners. */
export interface EventsMap {
  [event: string]: any;
}

/** The map that is used if none is given: any event, with any arguments. */
export interface DefaultEventsMap {
  [event: string]: (...args: any[]) => void;
}

/** The event names of a map. */
export type EventNames<Map extends EventsMap> = keyof Map & (string | symbol);

/** The arguments of an event. */
export type EventParams<Map extends EventsMap, Ev extends EventNames<Map>> = Parameters<Map[Ev]>;

/** The event names of two maps: events of the library, and of the user. */
export type ReservedOrUserEventNames<Reserved extends EventsMap, User extends EventsMap> =
  | EventNames<Reserved>
  | EventNames<User>;

/** The listener of an event of either map. A name that is in both is the library's. */
export type ReservedOrUserListener<
  Reserved extends EventsMap,
  User extends EventsMap,
  Ev extends ReservedOrUserEventNames<Reserved, User>,
> = OrUntyped<Ev extends EventNames<Reserved> ? Reserved[Ev] : Ev extends EventNames<User> ? User[Ev] : never>;

type OrUntyped<T> = [T] extends [never] ? (...args: any[]) => void | Promise<void> : T;

/** The last element of a tuple. */
export type Last<T extends any[]> = T extends [...infer _, infer L] ? L : any;

/** A tuple without its last element. */
export type AllButLast<T extends any[]> = T extends [...infer H, infer _] ? H : any[];

/** The first parameter of a function. */
export type FirstArg<T> = T extends (arg: infer Param) => infer _ ? Param : any;

type PrependTimeoutError<T extends any[]> = {
  [K in keyof T]: T[K] extends (...args: infer Params) => infer Result
    ? (err: Error, ...args: Params) => Result
    : T[K];
};

/** Events whose acknowledgements come with an error first, as after `socket.timeout()`. */
export type DecorateAcknowledgements<E> = {
  [K in keyof E]: E[K] extends (...args: infer Params) => infer Result
    ? (...args: PrependTimeoutError<Params>) => Result
    : E[K];
};

/** Data of an Engine.IO message: text or binary. */
export type RawData = any;

/** What received binary data becomes. `nodebuffer` is the default in Node.js, `arraybuffer` elsewhere. */
export type BinaryType = 'arraybuffer' | 'blob' | 'nodebuffer';
