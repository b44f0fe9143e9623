// Code that is written for the types of socket.io-client compiles with ours. types.test.mjs compiles this file.

import io, { connect, Manager, protocol, Socket, type ManagerOptions, type SocketOptions } from '../dist/esm/index.js';
import * as core from '../dist/esm/core.js';
import * as webSocket from '../dist/esm/ws.js';
import type {
  Manager as OfficialManager,
  ManagerOptions as OfficialManagerOptions,
  Socket as OfficialSocket,
  SocketOptions as OfficialSocketOptions,
} from 'socket.io-client';

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
const same = <A, B>(_: Equal<A, B>): void => {};

interface ServerToClient {
  noArg: () => void;
  news: (title: string, n: number) => void;
  ask: (question: string, answer: (yes: boolean) => void) => void;
}

interface ClientToServer {
  hello: () => void;
  message: (text: string, to?: string) => void;
  sum: (a: number, b: number, answer: (sum: number) => void) => void;
  file: (data: Uint8Array, answer: (res: { ok: boolean; size?: number }) => void) => void;
}

// Events without types.
const any = io('http://localhost', { autoConnect: false });
same<typeof any.id, string | undefined>(true);
any.on('whatever', (a, b) => a + b);
any.emit('whatever', 1, 'two', [3], () => {});
any.on('connect', () => {});
any.on('connect_error', (err) => {
  same<typeof err.message, string>(true);
  const data: unknown = err.data;
  return data;
});
any.on('disconnect', (reason, details) => {
  same<typeof reason, Socket.DisconnectReason>(true);
  if (details instanceof Error) return details.message;
  return details?.description;
});
any.emitWithAck('whatever', 1).then((value) => value.anything);

// Events with types.
const socket: Socket<ServerToClient, ClientToServer> = io('/admin');
const connected: Socket<ServerToClient, ClientToServer> = connect();
socket.on('noArg', () => {}).once('news', (title, n) => title.length + n);
socket.on('news', (title, n) => {
  same<typeof title, string>(true);
  same<typeof n, number>(true);
});
socket.on('ask', (question, answer) => answer(question.length > 1));
socket.emit('hello');
socket.emit('message', 'text').emit('message', 'text', 'you');
socket.emit('sum', 1, 2, (sum) => same<typeof sum, number>(true));
socket.volatile.compress(false).emit('hello');
// @ts-expect-error: no such event to send
socket.emit('news', 'title', 1);
// @ts-expect-error: no such event to receive
socket.on('sum', () => {});
// @ts-expect-error: not a string
socket.emit('message', 1);
// @ts-expect-error: an argument is missing
socket.emit('sum', 1, () => {});
// @ts-expect-error: the listener takes too much
socket.on('noArg', (x: string) => x);
// @ts-expect-error: the acknowledgement has another type
socket.emit('sum', 1, 2, (sum: string) => sum);
// @ts-expect-error: reserved events are not sent
socket.emit('connect');

// Acknowledgements.
socket.timeout(1000).emit('sum', 1, 2, (err, sum) => {
  same<typeof err, Error>(true);
  same<typeof sum, number>(true);
});
// @ts-expect-error: after timeout, the error comes first
socket.timeout(1000).emit('sum', 1, 2, (sum: number) => sum);
async function acknowledged(): Promise<void> {
  const sum = await socket.emitWithAck('sum', 1, 2);
  same<typeof sum, number>(true);
  const late: number = await socket.timeout(1000).emitWithAck('sum', 1, 2);
  const { ok, size = 0 } = await socket.emitWithAck('file', new Uint8Array());
  console.log(ok, size + 1, late);
  // @ts-expect-error: not a number
  await socket.emitWithAck('sum', 1, 'two');
}

// Everything else of a socket.
const listener = (title: string, n: number): void => console.log(title, n);
socket.off('news', listener).off('news').off();
socket.removeListener('news', listener).removeAllListeners('news');
same<ReturnType<typeof socket.hasListeners>, boolean>(true);
const listeners: ((title: string, n: number) => void)[] = socket.listeners('news');
socket.onAny((event, ...args) => console.log(event, args)).prependAny(() => {}).offAny();
socket.onAnyOutgoing(() => {}).prependAnyOutgoing(() => {}).offAnyOutgoing();
socket.listenersAny().concat(socket.listenersAnyOutgoing());
socket.auth = { token: 'x' };
socket.auth = (cb) => cb({ token: 'x' });
socket.connect().open().disconnect().close().send('x', 1);
const states: boolean[] = [socket.connected, socket.disconnected, socket.active, socket.recovered];
socket.io.on('reconnect_attempt', (attempt) => same<typeof attempt, number>(true));
socket.io.engine.on('upgrade', (transport) => same<typeof transport.name, string>(true));
same<typeof socket.io.engine.transport.name, string>(true);

// Managers.
const options: Partial<ManagerOptions & SocketOptions> = {
  path: '/x',
  auth: { token: 'x' },
  query: { a: 1 },
  transports: ['websocket', 'polling'],
  extraHeaders: { a: 'b' },
  reconnectionAttempts: 3,
  retries: 1,
  ackTimeout: 1000,
};
const manager = new Manager('http://localhost', options);
const typedManager: Manager<ServerToClient, ClientToServer> = new Manager(options);
const named: Manager = manager.open((err) => err?.message).connect();
manager.on('reconnect_error', (err) => err.message).on('error', (err) => err.message);
manager.once('close', (reason, details) => [reason, details]).off('open');
// @ts-expect-error: no such event
manager.on('message', () => {});
const chained = manager.reconnection(true).reconnectionAttempts(1).reconnectionDelay(1).reconnectionDelayMax(1);
const [yes, n, limit] = [chained.reconnection(), chained.randomizationFactor(0.1).randomizationFactor(), chained.timeout()];
same<typeof yes, boolean>(true);
same<typeof n, number>(true);
same<typeof limit, number | boolean>(true);
const child: Socket = manager.socket('/x', { auth: { a: 'b' } });
const version: number = protocol;

function inAFunction(s: Socket, m: Manager): void {
  s.io.opts.extraHeaders = { a: 'b' };
  m.socket('/').emit('x');
}

// @ts-expect-error: not a number
io({ reconnectionAttempts: 'many' });
// @ts-expect-error: no such option
io({ reconnectionTries: 1 });

// Between both: a program may be in the middle of moving from one to the other.
declare const theirs: Partial<OfficialManagerOptions & OfficialSocketOptions>;
declare const ours: Partial<ManagerOptions & SocketOptions>;
// Our options are theirs, but for values that only our types have.
type Wider = 'transports' | 'transportImplementations' | 'agent' | 'perMessageDeflate' | 'timeout';
const narrower: Partial<Omit<OfficialManagerOptions, Wider> & OfficialSocketOptions> = ours as Omit<typeof ours, Wider>;
io(theirs);
new Manager('/', theirs);
declare const theirSocket: OfficialSocket<ServerToClient, ClientToServer>;

/** What programs use of a socket: both have all of it. */
type Used = 'id' | 'connected' | 'disconnected' | 'recovered' | 'active' | 'auth' | 'receiveBuffer';
type UsedMethods = 'emit' | 'emitWithAck' | 'hasListeners';
const members: Pick<OfficialSocket<ServerToClient, ClientToServer>, Used | UsedMethods> = {
  ...({} as Pick<Socket<ServerToClient, ClientToServer>, Used | 'emitWithAck' | 'hasListeners'>),
  emit: theirSocket.emit,
};
type Missing = Exclude<keyof OfficialSocket, keyof Socket>;
type MissingOfManager = Exclude<keyof OfficialManager, keyof Manager | `_${string}`>;
type MissingOptions = Exclude<keyof (OfficialManagerOptions & OfficialSocketOptions), keyof (ManagerOptions & SocketOptions)>;
same<Missing, never>(true);
same<MissingOfManager, never>(true);
same<MissingOptions, never>(true);

// The other entries.
core.io('/', { transports: [core.WebSocket, core.Fetch] }).emit('x');
const only: webSocket.Socket<ServerToClient, ClientToServer> = webSocket.io();

export { acknowledged, child, connected, inAFunction, listeners, members, named, narrower, only, states, typedManager, version };
