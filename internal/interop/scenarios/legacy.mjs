// Scenarios with the client of Socket.IO 2, which speaks Engine.IO 3. They give transcripts, as those of transcript.mjs.

import assert from "node:assert/strict";
import io from "socket.io-client-2";
import { Transcript, ways } from "./transcript.mjs";
import { sleep } from "./lab.mjs";

// open makes a client. It has no onAny, so the events to follow are named.
function open(lab, t, name, namespace = "/", options = {}) {
  const socket = io(lab.url + namespace, {
    transports: lab.transports,
    forceNew: true,
    reconnection: false,
    ...lab.args,
    ...options,
  });
  return follow(t, name, socket);
}

function follow(t, name, socket) {
  socket.on("connect", () => t.write(name, "connected", idIsOurs(socket)));
  socket.on("error", (error) => t.write(name, "refused", error));
  socket.on("disconnect", (reason) => t.write(name, "disconnected", reason));
  for (const event of ["welcome", "echo", "message", "n", "cast", "left", "question"]) {
    socket.on(event, (...args) => t.write(name, "got", event, args.filter((a) => typeof a !== "function")));
  }
  return socket;
}

// idIsOurs tells whether the client knows its id.
function idIsOurs({ id, nsp, io }) {
  return id === (nsp === "/" ? "" : `${nsp}#`) + io.engine.id ? "with its id" : `with id ${id}`;
}

function next(socket, event) {
  return new Promise((resolve) => socket.once(event, (...args) => resolve(args)));
}

// conversation: all kinds of packets, as they are on the wire.
export async function conversation(lab) {
  const t = new Transcript();
  const socket = open(lab, t, "client", "/?unused=1");
  t.followWire(socket);
  await next(socket, "welcome");
  const bytes = Buffer.from([0, 1, 255]);
  const rows = [
    [],
    [1, "two", null, true, [3], { four: 4.5 }],
    ["☃ \u{1f600} \"\\\n</script>&\u2028\u0000\u007f"],
    [bytes, { in: [bytes] }, "é\u{10ffff}"],
    [{}, Buffer.alloc(0)],
  ];
  for (const args of rows) {
    await t.call(socket, "ack", ...args);
    const echo = next(socket, "echo");
    socket.emit("echo", ...args);
    await echo;
  }
  socket.send("hello");
  await next(socket, "message");
  await t.call(socket, "burst", 20);
  socket.on("question", (text, bytes, answer) => answer({ got: [text, bytes] }));
  await t.call(socket, "ask", "question", 5000);
  await t.call(socket, "ask", "unheard", 20);
  const end = next(socket, "disconnect");
  socket.emit("kick", false);
  await end;
  socket.close();
  return t.all;
}

// namespaces: joining with a query, refusal, leaving.
export async function namespaces(lab) {
  const t = new Transcript();
  const main = open(lab, t, "main");
  t.followWire(main);
  await next(main, "welcome");
  const refused = follow(t, "unknown", main.io.socket("/unknown"));
  await next(refused, "error");
  for (const token of ["", "wrong", "right"]) {
    const own = open(lab, t, `guarded, ${token}`, `/guarded?token=${token}&name=%C3%A9&list=1&list=2`);
    await (token === "right" ? next(own, "welcome") : next(own, "error"));
    own.close();
  }
  const second = follow(t, "second", main.io.socket("/second"));
  await next(second, "welcome");
  await t.call(second, "ack", 1, Buffer.from([2]));
  const end = next(second, "disconnect");
  second.emit("kick", false);
  await end;
  await t.call(main, "ack", "still here");
  const last = next(main, "disconnect");
  main.emit("kick", true);
  await last;
  return t.all;
}

// mixed: clients of Socket.IO 2 and 4 in one room.
export async function mixed(lab) {
  const transcripts = [new Transcript(), new Transcript()];
  const old = open(lab, transcripts[0], "old");
  await next(old, "welcome");
  const young = transcripts[1].follow("young", lab.open("/", { auth: { name: "young" } }));
  await lab.next(young, "welcome");
  await transcripts[0].call(old, "join", "red");
  await transcripts[1].call(young, "join", "red");
  const casts = [{}, { to: ["red"] }, { except: ["red"] }, { to: ["red"], from: "self" }];
  for (const [i, sender] of [old, young].entries()) {
    casts.forEach((cast, j) => sender.emit("cast", cast, `${i}.${j}`, Buffer.from([i, j]), { "": Buffer.from("x") }));
    const ends = [next(old, "cast"), lab.next(young, "cast")];
    await Promise.all(ends);
    await transcripts[i].call(i ? young : old, "ack", "all sent");
  }
  const all = (t) => t.lines.filter((line) => line.includes(" cast ")).length === 5;
  for (let i = 0; i < 500 && !transcripts.every(all); i++) await sleep(10);
  old.close();
  return transcripts.flatMap((t) => t.lines.filter((line) => line.includes(" cast ")));
}

// endings: the reasons that both sides see when a connection ends in various ways.
export async function endings(lab) {
  const t = new Transcript();
  const observer = await lab.connect("/", { auth: { name: "observer" } });
  await t.call(observer, "join", "observers");
  for (const [name, end] of Object.entries(ways(lab))) {
    const socket = open(lab, t, name, `/second?name=${name}`);
    await next(socket, "welcome");
    if (socket.io.engine.transport.name !== lab.transports.at(-1)) await next(socket.io.engine, "upgrade");
    await sleep(20); // so that a poll waits
    const both = [next(socket, "disconnect"), left(observer, name)];
    end(socket);
    t.write("server:", (await Promise.all(both))[1]);
    socket.close();
  }
  return t.all;
}

// left waits for the reason that the server gives for the end of a socket. The one in "/" has no name.
function left(observer, name) {
  return new Promise((resolve) => observer.on("left", (who, reason) => who === name && resolve(reason)));
}

// refused: a server that does not want clients of Socket.IO 2 says so; what the client hears is given.
export async function refused(lab) {
  const socket = io(lab.url, { transports: lab.transports, forceNew: true, reconnection: false });
  socket.on("connect", () => assert.fail("it is connected"));
  const error = await new Promise((resolve) => socket.once("connect_error", resolve));
  socket.close();
  const young = await lab.connect();
  assert.equal(await young.emitWithAck("hello"), "hi");
  return error.message;
}
