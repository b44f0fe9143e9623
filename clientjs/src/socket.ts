import { Emitter } from './emitter.js';
import type { BaseManager } from './manager.js';
import { PacketType, type Packet, type PacketOptions } from './parser.js';
import type { CloseDetails } from './transport.js';
import type {
  AllButLast,
  DecorateAcknowledgements,
  DefaultEventsMap,
  EventNames,
  EventParams,
  EventsMap,
  FirstArg,
  Last,
} from './types.js';

/** The options of a socket. */
export interface SocketOptions {
  /** Credentials, or a function that calls back with them each time the socket connects. */
  auth?: { [key: string]: any } | ((cb: (data: object) => void) => void);
  /**
   * How often to send an event again that is not acknowledged. Events are then sent one by one, and arrive at least
   * once. Default: 0, which sends each once, at once.
   */
  retries?: number;
  /** How long to wait for an acknowledgement, in ms. Default: for ever. */
  ackTimeout?: number;
  /**
   * How many events may wait for a connection. `emit` throws rather than to keep another one. Default: Infinity.
   */
  maxBuffer?: number;
}

/** What is known about a disconnection. */
export type DisconnectDescription = Error | CloseDetails;

/** An error of the server's middleware. */
export interface ExtendedError extends Error {
  data?: any;
}

/** What a socket tells. */
export interface SocketReservedEvents {
  connect: () => void;
  connect_error: (err: ExtendedError) => void;
  disconnect: (reason: Socket.DisconnectReason, description?: DisconnectDescription) => void;
}

interface Flags extends PacketOptions {
  volatile?: boolean;
  timeout?: number;
  fromQueue?: boolean;
}

type Ack = ((...args: any[]) => void) & { withError?: boolean };

interface QueuedPacket {
  tryCount: number;
  pending: boolean;
  args: any[];
  flags: Flags;
}

type AnyListener = (...args: any[]) => void;

const reserved = ['connect', 'connect_error', 'disconnect', 'disconnecting', 'newListener', 'removeListener'];

/**
 * A Socket is the connection to a namespace.
 *
 * @example
 * const socket = io();
 *
 * socket.on('connect', () => socket.emit('hello', 'world'));
 */
export class Socket<
  ListenEvents extends EventsMap = DefaultEventsMap,
  EmitEvents extends EventsMap = ListenEvents,
> extends Emitter<ListenEvents, EmitEvents, SocketReservedEvents> {
  /** The Manager, which has the connection. */
  readonly io: BaseManager<ListenEvents, EmitEvents>;
  /** The id of the session, while connected. It is another one after reconnecting, unless `recovered`. */
  id: string | undefined;
  /** Whether the socket is connected. */
  connected = false;
  /** Whether the last connection went on where the one before had ended, with the events that were missed. */
  recovered = false;
  /** Credentials, or a function that calls back with them each time the socket connects. */
  auth!: { [key: string]: any } | ((cb: (data: object) => void) => void);
  /** Events that came before the connection was complete. */
  receiveBuffer: Array<ReadonlyArray<any>> = [];
  /** Packets that wait for the connection. */
  sendBuffer: Array<Packet & { options?: PacketOptions }> = [];

  private readonly nsp: string;
  private readonly _opts: Partial<SocketOptions>;
  private _pid: string | undefined;
  private _lastOffset: string | undefined;
  private _queue: QueuedPacket[] = [];
  private ids = 0;
  private acks: Record<number, Ack> = {};
  private flags: Flags = {};
  private subs: (() => void)[] | undefined;
  private _anyListeners: AnyListener[] = [];
  private _anyOutgoingListeners: AnyListener[] = [];

  /** @private Use `io()` or `manager.socket()`. */
  constructor(io: BaseManager, nsp: string, opts?: Partial<SocketOptions>) {
    super();
    this.io = io as BaseManager<any, any>;
    this.nsp = nsp;
    if (opts?.auth) this.auth = opts.auth;
    this._opts = { ...opts };
    if (this.io._autoConnect) this.open();
  }

  /** Whether the socket is not connected. */
  get disconnected(): boolean {
    return !this.connected;
  }

  /** Whether the socket connects by itself once its Manager is connected. */
  get active(): boolean {
    return !!this.subs;
  }

  /** Connects. */
  connect(): this {
    if (this.connected) return this;
    const { io } = this;
    if (!this.subs) {
      const on = (name: 'open', listener: (...args: any[]) => void) => {
        io.on(name, listener);
        return () => io.off(name, listener);
      };
      this.subs = [
        on('open', () => this.onopen()),
        on('packet' as 'open', (packet) => this.onpacket(packet)),
        on('error' as 'open', (err) => this.connected || this.emitReserved('connect_error', err)),
        on('close' as 'open', (reason, description) => this.onclose(reason, description)),
      ];
    }
    if (!io._reconnecting) io.open();
    if (io._readyState == 'open') this.onopen();
    return this;
  }

  /** The same as connect. */
  open(): this {
    return this.connect();
  }

  /** Sends the event `message`. */
  send(...args: any[]): this {
    return this.emit('message' as any, ...(args as any));
  }

  /**
   * Sends an event. While the socket is not connected, it waits for the connection. Arguments are what JSON knows, and
   * binary data. If the last one is a function, it is called with the acknowledgement.
   *
   * Throws if the event cannot be sent: for a reserved name, for data that JSON does not know, for more than the server
   * takes (its `maxPayload`), or if too many events wait already (`maxBuffer`).
   */
  override emit<Ev extends EventNames<EmitEvents>>(ev: Ev, ...args: EventParams<EmitEvents, Ev>): this {
    const { io, flags, _opts: opts } = this;
    this.flags = {};
    if (reserved.includes(ev as string)) throw new Error(`"${String(ev)}" is a reserved event name`);
    const data: any[] = [ev, ...args];
    const ack: Ack | undefined = typeof data[data.length - 1] == 'function' ? data.pop() : undefined;
    const packet: Packet & { options: PacketOptions } = {
      type: PacketType.EVENT,
      nsp: this.nsp,
      data,
      options: { compress: flags.compress !== false },
    };
    const connected = this.connected && !io.engine._hasPingExpired();
    const queued = opts.retries && !flags.fromQueue && !flags.volatile;
    const discarded = flags.volatile && !io.engine?.transport?.writable;
    if (!connected && !discarded && this.sendBuffer.length + this._queue.length >= (opts.maxBuffer ?? Infinity)) {
      throw new Error(`${opts.maxBuffer} events wait for the connection already (maxBuffer)`);
    }
    if (ack && !queued) packet.id = this.ids++;
    const messages = discarded ? [] : io._encode(packet);
    if (queued) {
      this._addToQueue(data, flags, ack);
      return this;
    }
    if (ack) this._registerAckCallback(packet.id!, ack, flags.timeout ?? opts.ackTimeout);
    if (discarded) return this;
    if (connected) {
      this.notifyOutgoingListeners(packet);
      io._write(messages, packet.options);
    } else {
      this.sendBuffer.push(packet);
    }
    return this;
  }

  private _registerAckCallback(id: number, ack: Ack, timeout?: number): void {
    this.acks[id] = ack;
    if (timeout === undefined) return;
    const { io } = this;
    const timer = io.setTimeoutFn(() => {
      delete this.acks[id];
      this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
      ack.call(this, new Error('operation has timed out'));
    }, timeout);
    const inTime: Ack = (...args) => {
      io.clearTimeoutFn(timer);
      ack.apply(this, args);
    };
    inTime.withError = true;
    this.acks[id] = inTime;
  }

  /**
   * Sends an event, and returns a promise of its acknowledgement. It is rejected when the connection is lost, after the
   * `timeout`, and for what makes `emit` throw.
   */
  emitWithAck<Ev extends EventNames<EmitEvents>>(
    ev: Ev,
    ...args: AllButLast<EventParams<EmitEvents, Ev>>
  ): Promise<FirstArg<Last<EventParams<EmitEvents, Ev>>>> {
    return new Promise((resolve, reject) => {
      const ack: Ack = (err, value) => (err ? reject(err) : resolve(value));
      ack.withError = true;
      this.emit(ev, ...([...args, ack] as any));
    });
  }

  /** Events to be retried are sent one after the other, each when the one before is acknowledged or given up. */
  private _addToQueue(args: any[], flags: Flags, ack?: Ack): void {
    const packet: QueuedPacket = { tryCount: 0, pending: false, args, flags: { ...flags, fromQueue: true } };
    const done: Ack = (err, ...response) => {
      if (packet != this._queue[0]) return; // an answer that was too late
      if (err == null || packet.tryCount > this._opts.retries!) {
        this._queue.shift();
        ack?.(err, ...response);
      }
      packet.pending = false;
      this._drainQueue();
    };
    done.withError = true;
    args.push(done);
    this._queue.push(packet);
    this._drainQueue();
  }

  /** Sends the first event of the queue; even if it is on its way, if forced. */
  private _drainQueue(force?: boolean): void {
    const packet = this._queue[0];
    if (!this.connected || !packet || (packet.pending && !force)) return;
    packet.pending = true;
    packet.tryCount++;
    this.flags = packet.flags;
    try {
      (this.emit as any)(...packet.args);
    } catch (err) {
      packet.tryCount = Infinity; // it will not get better
      packet.args[packet.args.length - 1](err);
    }
  }

  private packet(type: PacketType, data?: any, id?: number): void {
    const { io } = this;
    const packet: Packet = { type, nsp: this.nsp, data };
    if (id != null) packet.id = id;
    io._write(io._encode(packet));
  }

  private onopen(): void {
    const { io, auth } = this;
    const { engine } = io;
    const connect = (data?: object) => {
      if (engine != io.engine) return; // too late
      this.packet(PacketType.CONNECT, this._pid ? { pid: this._pid, offset: this._lastOffset, ...data } : data);
    };
    typeof auth == 'function' ? auth(connect) : connect(auth);
  }

  private onclose(reason: Socket.DisconnectReason, description?: DisconnectDescription): void {
    this.connected = false;
    this.id = undefined;
    this.emitReserved('disconnect', reason, description);
    this._clearAcks();
  }

  /** Gives up acknowledgements that will not come any more. Callbacks that take no error are not called. */
  private _clearAcks(): void {
    for (const key of Object.keys(this.acks)) {
      const id = +key;
      if (this.sendBuffer.some((packet) => packet.id === id)) continue;
      const ack = this.acks[id]!;
      delete this.acks[id];
      if (ack.withError) ack.call(this, new Error('socket has been disconnected'));
    }
  }

  private onpacket({ type, nsp, data, id }: Packet): void {
    if (nsp != this.nsp) return;
    if (type == PacketType.CONNECT) {
      if (data?.sid) this.onconnect(data.sid, data.pid);
      else this.emitReserved('connect_error', new Error('the server speaks the protocol of Socket.IO 2: update it'));
    } else if (type == PacketType.EVENT || type == PacketType.BINARY_EVENT) {
      if (id != null) data.push(this.ack(id));
      if (this.connected) this.emitEvent(data);
      else this.receiveBuffer.push(Object.freeze(data));
    } else if (type == PacketType.ACK || type == PacketType.BINARY_ACK) {
      const ack = this.acks[id!];
      if (!ack) return;
      delete this.acks[id!];
      if (ack.withError) data.unshift(null);
      ack.apply(this, data);
    } else if (type == PacketType.DISCONNECT) {
      this.destroy();
      this.onclose('io server disconnect', { description: 'disconnected by the server' });
    } else if (type == PacketType.CONNECT_ERROR) {
      this.destroy();
      const err: ExtendedError = new Error(data.message ?? data);
      err.data = data.data;
      this.emitReserved('connect_error', err);
    }
  }

  private emitEvent(args: readonly any[]): void {
    for (const listener of [...this._anyListeners]) listener.apply(this, args as any[]);
    super.emit.apply(this, args as any);
    const last = args[args.length - 1];
    if (this._pid && typeof last == 'string') this._lastOffset = last;
  }

  /** The function that acknowledges an event: once, and in the session that it came in. */
  private ack(id: number): AnyListener {
    let session = this.id;
    return (...args) => {
      if (!session || session != this.id) return;
      session = undefined;
      this.packet(PacketType.ACK, args, id);
    };
  }

  private onconnect(id: string, pid?: string): void {
    this.id = id;
    this.recovered = !!pid && this._pid === pid;
    this._pid = pid;
    this.connected = true;
    for (const args of this.receiveBuffer.splice(0)) this.emitEvent(args);
    for (const packet of this.sendBuffer.splice(0)) this.sendBuffered_(packet);
    this._drainQueue(true);
    this.emitReserved('connect');
  }

  /** Sends a packet that has waited. One that cannot be sent ends with an error: its own, or of the Manager. */
  private sendBuffered_(packet: Packet & { options?: PacketOptions }): void {
    const { io, acks } = this;
    try {
      const messages = io._encode(packet);
      this.notifyOutgoingListeners(packet);
      io._write(messages, packet.options);
    } catch (err) {
      const ack = acks[packet.id!];
      delete acks[packet.id!];
      ack?.withError ? ack(err) : (io as Emitter<any, any>).emit('error', err);
    }
  }

  private destroy(): void {
    this.subs?.forEach((unsubscribe) => unsubscribe());
    this.subs = undefined;
    this.io._destroy(this as any);
  }

  /** Disconnects, for good. The last socket of a Manager closes the connection. */
  disconnect(): this {
    if (this.connected) this.packet(PacketType.DISCONNECT);
    this.destroy();
    if (this.connected) this.onclose('io client disconnect', { description: 'disconnected by the client' });
    return this;
  }

  /** The same as disconnect. */
  close(): this {
    return this.disconnect();
  }

  /** Whether the next event may be compressed, by transports that can. */
  compress(compress: boolean): this {
    this.flags.compress = compress;
    return this;
  }

  /** The next event is dropped if it cannot be sent at once. */
  get volatile(): this {
    this.flags.volatile = true;
    return this;
  }

  /** The acknowledgement of the next event has to come within so many ms: its callback gets an error first, or null. */
  timeout(timeout: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>> {
    this.flags.timeout = timeout;
    return this as any;
  }

  /** Adds a listener for all events. It gets the name first. */
  onAny(listener: AnyListener): this {
    this._anyListeners.push(listener);
    return this;
  }

  /** Adds a listener for all events, before the others. */
  prependAny(listener: AnyListener): this {
    this._anyListeners.unshift(listener);
    return this;
  }

  /** Removes a listener for all events; all of them, if none is given. */
  offAny(listener?: AnyListener): this {
    remove(this._anyListeners, listener);
    return this;
  }

  /** The listeners for all events. Changes of the array count. */
  listenersAny(): AnyListener[] {
    return this._anyListeners;
  }

  /** Adds a listener for all events that are sent. It gets the name first. */
  onAnyOutgoing(listener: AnyListener): this {
    this._anyOutgoingListeners.push(listener);
    return this;
  }

  /** Adds a listener for all events that are sent, before the others. */
  prependAnyOutgoing(listener: AnyListener): this {
    this._anyOutgoingListeners.unshift(listener);
    return this;
  }

  /** Removes a listener for all events that are sent; all of them, if none is given. */
  offAnyOutgoing(listener?: AnyListener): this {
    remove(this._anyOutgoingListeners, listener);
    return this;
  }

  /** The listeners for all events that are sent. Changes of the array count. */
  listenersAnyOutgoing(): AnyListener[] {
    return this._anyOutgoingListeners;
  }

  private notifyOutgoingListeners({ data }: Packet): void {
    for (const listener of [...this._anyOutgoingListeners]) listener.apply(this, data);
  }
}

function remove(listeners: AnyListener[], listener?: AnyListener): void {
  const i = listener ? listeners.indexOf(listener) : 0;
  if (i >= 0) listeners.splice(i, listener ? 1 : Infinity);
}

export declare namespace Socket {
  /** Why a socket is disconnected. */
  type DisconnectReason =
    | 'io server disconnect'
    | 'io client disconnect'
    | 'ping timeout'
    | 'transport close'
    | 'transport error'
    | 'parse error';
}
