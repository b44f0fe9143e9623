import { Emitter } from './emitter.js';
import type { BaseManager } from './manager.js';
import { check, PacketType, reserved, type Packet, type PacketOptions } from './protocol.js';
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
  queued_?: boolean;
}

type Ack = ((...args: any[]) => void) & { withError_?: boolean };

type AnyListener = (...args: any[]) => void;

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
  /** Whether the socket connects by itself once its Manager is connected. */
  active = false;
  /** Events that came before the connection was complete. */
  receiveBuffer: Array<ReadonlyArray<any>> = [];
  /** Packets that wait for the connection. */
  sendBuffer: Packet[] = [];

  /** @internal */
  _queue: ((force?: boolean) => void)[] = [];
  /** @internal */
  acks: Record<number, Ack> = {};

  private readonly nsp: string;
  private readonly opts_: Partial<SocketOptions>;
  private pid_: string | undefined;
  private offset_: string | undefined;
  private ids_ = 0;
  private flags_: Flags = {};
  private anyListeners_: AnyListener[] = [];
  private anyOutgoing_: AnyListener[] = [];

  /** @internal Use `io()` or `manager.socket()`. */
  constructor(io: BaseManager, nsp: string, opts?: Partial<SocketOptions>) {
    super();
    this.io = io as BaseManager<any, any>;
    this.nsp = nsp;
    this.opts_ = { ...opts };
    this.auth = opts?.auth!;
  }

  /** Whether the socket is not connected. */
  get disconnected(): boolean {
    return !this.connected;
  }

  /** Connects. */
  connect(): this {
    if (!this.connected) {
      const { io } = this;
      this.active = true;
      if (!io.reconnecting_) io.open();
      if (io.state_ == 'open') this.opened_();
    }
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
    const { io, flags_: flags, opts_: opts, sendBuffer } = this;
    this.flags_ = {};
    check(!reserved.includes(ev as string), `"${String(ev)}" is a reserved event name`);
    const data: any[] = [ev, ...args];
    const ack: Ack | undefined = typeof data[data.length - 1] == 'function' ? data.pop() : undefined;
    const packet = this.create_(PacketType.EVENT, data);
    packet.options = { compress: flags.compress !== false };
    const connected = this.connected && !io.engine.expired_();
    const queued = opts.retries && !flags.queued_ && !flags.volatile;
    const discarded = flags.volatile && !io.engine?.transport.writable;
    check(
      connected || discarded || flags.queued_ || !(sendBuffer.length + this._queue.length >= opts.maxBuffer!),
      `maxBuffer (${opts.maxBuffer}) is full`,
    );
    if (ack && !queued) packet.id = this.ids_++;
    const messages = discarded ? [] : io.encode_(packet);
    if (queued) {
      this.enqueue_(data, flags, ack);
    } else {
      if (ack) this.await_(packet.id!, ack, flags.timeout ?? opts.ackTimeout);
      if (connected && !discarded) this.push_(packet, messages);
      else if (!discarded) sendBuffer.push(packet);
    }
    return this;
  }

  private create_(type: PacketType, data?: any): Packet {
    return { type, nsp: this.nsp, data };
  }

  private push_(packet: Packet, messages: any[]): void {
    for (const listener of this.anyOutgoing_.slice()) listener.apply(this, packet.data);
    this.io.send_(packet, messages);
  }

  /** Waits for an acknowledgement. */
  private await_(id: number, ack: Ack, timeout?: number): void {
    const { io, acks } = this;
    acks[id] = ack;
    if (timeout === undefined) return;
    const timer = io.after_(timeout, () => {
      delete acks[id];
      this.sendBuffer = this.sendBuffer.filter((packet) => packet.id !== id);
      ack.call(this, new Error('operation has timed out'));
    });
    acks[id] = (...args) => {
      io.stop_(timer);
      ack.apply(this, args);
    };
    acks[id].withError_ = true;
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
      ack.withError_ = true;
      this.emit(ev, ...([...args, ack] as any));
    });
  }

  /** Events to be retried are sent one after the other, each when the one before is acknowledged or given up. */
  private enqueue_(data: any[], flags: Flags, ack?: Ack): void {
    const queue = this._queue;
    let tries = 0;
    let pending = false;
    const done: Ack = (err, ...response) => {
      if (send != queue[0]) return; // an answer that was too late
      if (!err || tries > this.opts_.retries!) {
        queue.shift();
        ack?.(err, ...response);
      }
      pending = false;
      queue[0]?.();
    };
    const send = (force?: boolean) => {
      if (this.connected && (!pending || force)) {
        pending = true;
        tries++;
        this.flags_ = { ...flags, queued_: true };
        try {
          (this.emit as any)(...data, done);
        } catch (err) {
          tries = Infinity; // it will not get better
          done(err);
        }
      }
    };
    done.withError_ = true;
    queue.push(send);
    queue[0]!();
  }

  /** @internal The Manager is connected. */
  opened_(): void {
    const { io, auth, pid_: pid } = this;
    const { engine } = io;
    const connect = (data?: object) => {
      if (engine != io.engine || !this.active) return; // too late
      io.send_(this.create_(PacketType.CONNECT, pid ? { pid, offset: this.offset_, ...data } : data));
    };
    if (typeof auth == 'function') auth(connect);
    else connect(auth);
  }

  /** @internal The Manager failed. */
  failed_(err: Error): void {
    if (!this.connected) this.emit_('connect_error', err);
  }

  /** @internal The connection is lost. */
  closed_(reason: Socket.DisconnectReason, description?: DisconnectDescription): void {
    this.connected = false;
    this.id = undefined;
    this.emit_('disconnect', reason, description);
    // Acknowledgements that will not come any more. Callbacks that take no error are not called.
    for (const id of Object.keys(this.acks) as any[]) {
      if (this.sendBuffer.some((packet) => packet.id == id)) continue;
      this.fail_(id, new Error('socket has been disconnected'));
    }
  }

  /** The callback of an acknowledgement, which is waited for no more. */
  private take_(id: number): Ack | undefined {
    const ack = this.acks[id];
    delete this.acks[id];
    return ack;
  }

  /** Gives up an acknowledgement. Returns whether somebody has been told. */
  private fail_(id: number, err: unknown): boolean | undefined {
    const ack = this.take_(id);
    if (ack?.withError_) ack.call(this, err);
    return ack?.withError_;
  }

  /** @internal A packet has come. */
  onpacket({ type, data, id }: Packet): void {
    if (type == PacketType.CONNECT) {
      if (data?.sid) this.connect_(data.sid, data.pid);
      else this.emit_('connect_error', new Error('server of Socket.IO 2'));
    } else if (type == PacketType.EVENT) {
      if (id != null) data.push(this.ack_(id));
      if (this.connected) this.emitEvent_(data);
      else this.receiveBuffer.push(data);
    } else if (type == PacketType.DISCONNECT) {
      this.forget_();
      this.closed_('io server disconnect', { description: 'by the server' });
    } else if (type == PacketType.CONNECT_ERROR) {
      this.forget_();
      this.emit_('connect_error', Object.assign(new Error(data.message ?? data), { data: data.data }));
    } else {
      const ack = this.take_(id!);
      ack?.apply(this, ack.withError_ ? [null, ...data] : data);
    }
  }

  private emitEvent_(args: readonly any[]): void {
    for (const listener of this.anyListeners_.slice()) listener.apply(this, args as any[]);
    super.emit.apply(this, args as any);
    const last = args[args.length - 1];
    if (this.pid_ && typeof last == 'string') this.offset_ = last;
  }

  /** The function that acknowledges an event: once, and in the session that it came in. */
  private ack_(id: number): AnyListener {
    let session = this.id;
    return (...args) => {
      if (session && session == this.id) this.io.send_({ ...this.create_(PacketType.ACK, args), id });
      session = undefined;
    };
  }

  private connect_(id: string, pid?: string): void {
    this.id = id;
    this.recovered = !!pid && this.pid_ === pid;
    this.pid_ = pid;
    this.connected = true;
    for (const args of this.receiveBuffer.splice(0)) this.emitEvent_(args);
    for (const packet of this.sendBuffer.splice(0)) {
      try {
        this.push_(packet, this.io.encode_(packet));
      } catch (err) {
        // Its time has gone by: the error is told where the acknowledgement is waited for, or else by the Manager.
        if (!this.fail_(packet.id!, err)) (this.io as Emitter<any, any>).emit('error', err);
      }
    }
    this._queue[0]?.(true);
    this.emit_('connect');
  }

  /** Wants no connection any more. */
  private forget_(): void {
    this.active = false;
    this.io.release_();
  }

  /** Disconnects, for good. The last socket of a Manager closes the connection. */
  disconnect(): this {
    if (this.connected) this.io.send_(this.create_(PacketType.DISCONNECT));
    this.forget_();
    if (this.connected) this.closed_('io client disconnect', { description: 'by the client' });
    return this;
  }

  /** The same as disconnect. */
  close(): this {
    return this.disconnect();
  }

  /** Whether the next event may be compressed, by transports that can. */
  compress(compress: boolean): this {
    this.flags_.compress = compress;
    return this;
  }

  /** The next event is dropped if it cannot be sent at once. */
  get volatile(): this {
    this.flags_.volatile = true;
    return this;
  }

  /** The acknowledgement of the next event has to come within so many ms: its callback gets an error first, or null. */
  timeout(timeout: number): Socket<ListenEvents, DecorateAcknowledgements<EmitEvents>> {
    this.flags_.timeout = timeout;
    return this as any;
  }

  /** Adds a listener for all events. It gets the name first. */
  onAny(listener: AnyListener): this {
    this.anyListeners_.push(listener);
    return this;
  }

  /** Adds a listener for all events, before the others. */
  prependAny(listener: AnyListener): this {
    this.anyListeners_.unshift(listener);
    return this;
  }

  /** Removes a listener for all events; all of them, if none is given. */
  offAny(listener?: AnyListener): this {
    remove(this.anyListeners_, listener);
    return this;
  }

  /** The listeners for all events. Changes of the array count. */
  listenersAny(): AnyListener[] {
    return this.anyListeners_;
  }

  /** Adds a listener for all events that are sent. It gets the name first. */
  onAnyOutgoing(listener: AnyListener): this {
    this.anyOutgoing_.push(listener);
    return this;
  }

  /** Adds a listener for all events that are sent, before the others. */
  prependAnyOutgoing(listener: AnyListener): this {
    this.anyOutgoing_.unshift(listener);
    return this;
  }

  /** Removes a listener for all events that are sent; all of them, if none is given. */
  offAnyOutgoing(listener?: AnyListener): this {
    remove(this.anyOutgoing_, listener);
    return this;
  }

  /** The listeners for all events that are sent. Changes of the array count. */
  listenersAnyOutgoing(): AnyListener[] {
    return this.anyOutgoing_;
  }
}

function remove(listeners: AnyListener[], listener?: AnyListener): void {
  // >>> 0 makes -1 a number that is behind them all.
  listeners.splice(listener ? listeners.indexOf(listener) >>> 0 : 0, listener ? 1 : Infinity);
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
