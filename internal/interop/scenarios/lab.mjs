import { io } from "socket.io-client";
import msgpack from "socket.io-msgpack-parser";

// A Lab makes the clients of one scenario and closes them at its end.
export class Lab {
  #sockets = [];
  #waits = new Set();

  // url and transports are what the clients connect to and by, parser names another parser than the usual one; args is
  // what else the Go test says.
  constructor({ url, transports, parser, args }) {
    Object.assign(this, { url, transports, parser, args });
  }

  // upgrades tells whether clients begin with polling and go on with WebSocket.
  get upgrades() {
    return this.transports.length > 1;
  }

  // open makes a client on a connection of its own. It does not wait for anything.
  open(namespace = "/", options = {}) {
    const socket = io(this.url + namespace, {
      transports: this.transports,
      forceNew: true,
      reconnection: false,
      reconnectionDelay: 20,
      reconnectionDelayMax: 100,
      ...(this.parser === "msgpack" && { parser: msgpack }),
      ...options,
    });
    this.#sockets.push(socket);
    return socket;
  }

  // beside makes a client on the connection of another one.
  beside(socket, namespace, options) {
    const other = socket.io.socket(namespace, options);
    this.#sockets.push(other);
    return other;
  }

  // connect is open, waiting for the connection.
  async connect(namespace, options) {
    const socket = this.open(namespace, options);
    await this.connected(socket);
    return socket;
  }

  connected(socket) {
    if (socket.connected) return Promise.resolve();
    return this.#wait(`connection to ${socket.nsp}`, (resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("connect_error", reject);
      socket.io.once("close", (reason) => reject(new Error(`the connection was closed: ${reason}`)));
    });
  }

  // settled waits until the connection is on its last transport.
  async settled(socket) {
    const { engine } = socket.io;
    const last = this.transports.at(-1);
    if (engine.transport.name === last) return;
    await this.#wait(`upgrade to ${last}`, (resolve) => engine.once("upgrade", resolve));
  }

  // next waits for the next event of that name, of a client, its manager or its engine, and gives its arguments.
  next(emitter, event) {
    return this.#wait(`"${event}"`, (resolve) => emitter.once(event, (...args) => resolve(args)));
  }

  // refused waits for the error with which a client fails to connect.
  refused(socket) {
    return this.#wait(`refusal of ${socket.nsp}`, (resolve, reject) => {
      socket.once("connect_error", resolve);
      socket.once("connect", () => reject(new Error(`connected to ${socket.nsp}`)));
    });
  }

  // until waits until the condition holds, looking each time that one of the clients receives something.
  until(what, condition) {
    if (condition()) return Promise.resolve();
    return this.#wait(what, (resolve) => {
      const look = () => queueMicrotask(() => condition() && resolve()); // the handlers of the event run first
      for (const socket of this.#sockets) {
        socket.onAny(look);
        for (const event of ["connect", "disconnect"]) socket.on(event, look);
      }
    });
  }

  #wait(what, executor) {
    this.#waits.add(what);
    return new Promise(executor).finally(() => this.#waits.delete(what));
  }

  // state says, for the report of a scenario that hangs, how things are.
  state() {
    const clients = this.#sockets.slice(0, 5).map((s) => {
      const transport = s.io.engine?.transport?.name;
      return `${s.nsp} ${s.connected ? "connected" : "disconnected"} (${transport})`;
    });
    return `waiting for ${[...this.#waits].join(", ") || "no event"}; clients: ${clients.join(", ")}`;
  }

  close() {
    for (const socket of this.#sockets) {
      socket.io.reconnection(false);
      socket.disconnect();
    }
  }
}

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
