// Scenarios that give a transcript of what their clients have seen, to compare two servers by it.

import { sleep } from "./lab.mjs";

// A Transcript has a line for each thing that happens to a client.
export class Transcript {
  lines = [];
  #wire = []; // there is no order between what arrives and the events that come of it
  #ids = new Map();

  get all() {
    return [...this.#wire, ...this.lines];
  }

  write(...parts) {
    this.lines.push(this.#text(parts));
  }

  // #text writes values down. Ids, which are random, are replaced by numbers in the order of their appearance.
  #text(parts) {
    const bytes = (_, v) => (v?.type === "Buffer" ? `<${v.data}>` : v);
    const text = parts.map((part) => (typeof part === "string" ? part : JSON.stringify(part, bytes))).join(" ");
    return text.replace(/"sid":"([^"]+)"/g, (_, id) => {
      if (!this.#ids.has(id)) this.#ids.set(id, this.#ids.size);
      return `"sid":${this.#ids.get(id)}`;
    });
  }

  // follow writes down what happens to a client.
  follow(name, socket) {
    socket.on("connect", () => this.write(name, "connected"));
    socket.on("connect_error", (e) => this.write(name, "refused", e.message, e.data));
    socket.on("disconnect", (reason) => this.write(name, "disconnected", reason));
    socket.onAny((event, ...args) => {
      if (typeof args.at(-1) === "function") args.pop();
      this.write(name, "got", event, args);
    });
    return socket;
  }

  // followWire writes down what a client receives below, but for heartbeats and the end.
  followWire(socket) {
    socket.io.engine.on("packet", ({ type, data }) => {
      if (!["ping", "noop", "close"].includes(type)) this.#wire.push(this.#text(["received", type, data]));
    });
  }

  async call(socket, ...args) {
    this.write("answer to", args[0], await new Promise((resolve) => socket.emit(...args, (...a) => resolve(a))));
  }
}

// conversation: all kinds of packets, as they are on the wire.
export async function conversation(lab) {
  const t = new Transcript();
  const socket = t.follow("client", lab.open("/", { auth: { name: "ann" } }));
  t.followWire(socket);
  await lab.next(socket, "welcome");
  const bytes = Buffer.from([0, 1, 255]);
  const rows = [
    [],
    [1, "two", null, true, [3], { four: 4.5 }],
    ["☃ \u{1f600} \"\\\n</script>&\u2028\u0000\u007f"],
    [bytes, { in: [bytes] }],
    [{}, Buffer.alloc(0)],
  ];
  for (const args of rows) {
    await t.call(socket, "ack", ...args);
    const echo = lab.next(socket, "echo");
    socket.emit("echo", ...args);
    await echo;
  }
  socket.send("hello");
  await lab.next(socket, "message");
  await t.call(socket, "burst", 20);
  socket.on("question", (text, bytes, answer) => answer({ got: [text, bytes] }));
  await t.call(socket, "ask", "question", 5000);
  await t.call(socket, "ask", "unheard", 20);
  const end = lab.next(socket, "disconnect");
  socket.emit("kick", false);
  await end;
  return t.all;
}

// namespaces: joining, refusal, leaving and coming back.
export async function namespaces(lab) {
  const t = new Transcript();
  const main = t.follow("main", lab.open());
  t.followWire(main);
  await lab.next(main, "welcome");
  for (const name of ["/unknown", "/constructor", "/__proto__"]) {
    await lab.refused(t.follow(name, lab.beside(main, name)));
  }
  const guarded = t.follow("guarded", lab.beside(main, "/guarded"));
  await lab.refused(guarded);
  guarded.auth = { token: "wrong" };
  await lab.refused(guarded.connect());
  guarded.auth = { token: "right" };
  await lab.next(guarded.connect(), "welcome");

  const second = t.follow("second", lab.beside(main, "/second"));
  await lab.next(second, "welcome");
  await t.call(second, "ack", 1, Buffer.from([2]));
  for (const how of ["leave", "kick", "leave"]) {
    const end = lab.next(second, "disconnect");
    if (how === "leave") second.disconnect();
    else second.emit("kick", false);
    await end;
    await t.call(main, "ack", how);
    await lab.next(second.connect(), "welcome");
  }
  const ends = [main, guarded, second].map((s) => lab.next(s, "disconnect"));
  main.emit("kick", true);
  await Promise.all(ends);
  return t.all;
}

// rooms: what each of four clients gets of various broadcasts.
export async function rooms(lab) {
  const seats = { ann: ["red", "big"], bob: ["red"], cid: ["blue"], dan: [] };
  const clients = [];
  const transcripts = [];
  for (const [name, list] of Object.entries(seats)) {
    const t = new Transcript(); // each its own: there is no order between clients
    const socket = t.follow(name, lab.open("/", { auth: { name } }));
    await lab.next(socket, "welcome");
    for (const room of list) await t.call(socket, "join", room);
    clients.push(socket);
    transcripts.push(t);
  }
  const [ann] = clients;
  const casts = [
    {}, { to: ["red"] }, { to: ["red", "big"] }, { except: ["red"] }, { to: ["red", "blue"], except: ["big"] }, { to: ["void"] },
  ];
  casts.forEach((cast, i) => {
    ann.emit("cast", cast, i, Buffer.from([i]));
    ann.emit("cast", { ...cast, from: "self" }, i, "from ann");
  });
  ann.emit("cast", {}, "end");
  const last = (t) => t.lines.at(-1)?.endsWith('["end"]');
  await lab.until("the end", () => transcripts.every(last));
  return transcripts.flatMap((t) => t.all);
}

// ways are those in which a connection can end.
export function ways(lab) {
  const all = {
    leave: (s) => s.disconnect(),
    kick: (s) => s.emit("kick", false),
    kickAll: (s) => s.emit("kick", true),
    close: (s) => s.io.engine.close(),
  };
  if (lab.transports.at(-1) === "websocket") {
    all.vanish = (s) => s.io.engine.transport.ws.terminate();
  }
  return all;
}

// endings: the reasons that both sides see when a connection ends in various ways.
export async function endings(lab) {
  const t = new Transcript();
  const observer = await lab.connect("/", { auth: { name: "observer" } });
  await t.call(observer, "join", "observers");
  for (const [name, end] of Object.entries(ways(lab))) {
    const socket = t.follow(name, lab.open("/", { auth: { name } }));
    await lab.next(socket, "welcome");
    await lab.settled(socket);
    await sleep(20); // so that a poll waits
    const both = [lab.next(socket, "disconnect"), lab.next(observer, "left")];
    end(socket);
    t.write("server:", (await Promise.all(both))[1]);
  }
  return t.all;
}

// handshake: what the server makes of the client's first request.
export async function handshake(lab) {
  const t = new Transcript();
  const socket = await lab.connect("/", {
    auth: { token: "☃", list: [1, { two: 2 }] },
    query: { a: "b c&d=é", n: 1 },
    extraHeaders: { "X-One": "1", Cookie: "c=1", Origin: lab.url },
  });
  const h = await socket.emitWithAck("handshake");
  const { host, connection, upgrade, ...headers } = h.headers;
  for (const name of Object.keys(headers).sort()) {
    if (!name.startsWith("sec-websocket")) t.write("header", name, headers[name].replace(lab.url, "(url)"));
  }
  const { t: timestamp, ...query } = h.query;
  t.write("query", Object.entries(query).sort());
  t.write("url", h.url.replace(/([?&]t=)[^&]*/, "$1…"));
  t.write("time", h.time.replace(/[\d:]+/g, "0").replace(/^\w+ \w+/, "").replace(/ \(.*\)$/, ""), typeof h.issued);
  t.write("auth", h.auth);
  t.write("rest", h.address, h.xdomain, h.secure, Object.keys(h).sort());
  return t.all;
}
