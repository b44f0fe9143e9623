export { connect, Fetch, io, io as default, Manager, protocol, Socket, WebSocket, WebTransport } from './index.js';
