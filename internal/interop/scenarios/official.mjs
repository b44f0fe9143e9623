// The official server, with the same handlers as handleOfficial in official_test.go has.

import { createServer } from "node:http";
import { once } from "node:events";
import { Server } from "socket.io";

let io;

// start starts the server and gives its address. It runs until stop.
export async function start() {
  const http = createServer();
  io = new Server(http, { allowEIO3: true });
  handle(io);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  return `http://127.0.0.1:${http.address().port}`;
}

export async function stop() {
  await io.close();
}

function handle(io) {
  io.on("connection", connection);
  io.of("/second").on("connection", connection);
  const guarded = io.of("/guarded");
  guarded.use((socket, next) => {
    const { token } = socket.handshake.auth;
    if (token === "right") return next();
    next(Object.assign(new Error("bad token"), token ? { data: { code: 401 } } : {}));
  });
  guarded.on("connection", connection);
}

function connection(socket) {
  const { auth } = socket.handshake;
  socket.emit("welcome", auth, Buffer.from("hi"));
  socket.on("disconnect", (reason) => io.to("observers").emit("left", auth.name, reason));
  socket.on("echo", (...args) => socket.emit("echo", ...args));
  socket.on("message", (...args) => socket.send(...args));
  socket.on("ack", (...args) => args.pop()(...args));
  socket.on("handshake", (ack) => ack(socket.handshake));
  socket.on("burst", (n, ack) => {
    for (let i = 0; i < n; i++) socket.emit("n", i, ...(i % 3 ? [] : [Buffer.from([i])]));
    ack();
  });
  socket.on("ask", async (event, ms, ack) => {
    try {
      ack("answered", await socket.timeout(ms).emitWithAck(event, "?", Buffer.from([1])));
    } catch {
      ack("timeout");
    }
  });
  socket.on("join", (room, ack) => {
    socket.join(room);
    ack([...socket.rooms].filter((r) => r !== socket.id));
  });
  socket.on("cast", ({ from, to = [], except = [] }, ...args) => {
    const sender = from === "self" ? socket.broadcast : socket.nsp;
    sender.to(to).except(except).emit("cast", ...args);
  });
  socket.on("kick", (close) => socket.disconnect(close));
}
