import assert from "node:assert/strict";
import { Agent } from "node:https";
import { Lab, sleep } from "./lab.mjs";

// The servers are behind a reverse proxy with TLS; args.options are what their clients need to reach them.

// conversation says small and large things both ways, and gives what the server saw of the handshake.
export async function conversation(lab) {
  const socket = await lab.connect("/", lab.args.options);
  await lab.settled(socket);
  assert.equal(await socket.emitWithAck("echo", "hello"), "hello");
  assert.deepEqual(await socket.emitWithAck("echo", Buffer.from([0, 255])), Buffer.from([0, 255]));
  const large = "x".repeat(900_000);
  assert.ok((await socket.emitWithAck("echo", large)) === large);

  // The poll has to wait for this, and to be answered when it comes and not later.
  const later = lab.next(socket, "later");
  socket.emit("later", lab.args.later);
  await later;
  return await socket.emitWithAck("request");
}

// A Roamer is a client's network: every connection comes from another address.
class Roamer extends Agent {
  #last = Math.floor(Math.random() * 200);

  createConnection(options, callback) {
    this.#last = (this.#last % 250) + 1;
    return super.createConnection({ ...options, localAddress: `127.0.0.${this.#last}` }, callback);
  }
}

// sticky has several clients make many requests, and gives the names of the servers that they met. Clients with
// cookies move from address to address.
export async function sticky(lab) {
  const { clients, cookies, options } = lab.args;
  const names = await Promise.all(
    Array.from({ length: clients }, async () => {
      const own = cookies ? { agent: new Roamer({ ca: options.ca, keepAlive: false }) } : { withCredentials: false };
      const socket = await lab.connect("/", { ...options, ...own });
      const name = await socket.emitWithAck("who");
      for (let i = 0; i < 5; i++) assert.equal(await socket.emitWithAck("who"), name);
      await lab.settled(socket);
      assert.equal(await socket.emitWithAck("who"), name);
      return name;
    }),
  );
  return names;
}

// idle holds clients of several proxies that do nothing, by each transport, until the server has pinged args.pings
// times. Those of silent are the same with a server that pings too seldom: it gives the names of the proxies that
// have cut them by then.
export async function idle({ args }) {
  const labs = [];
  const open = async ({ url, options }, transport) => {
    const lab = new Lab({ url, transports: [transport] });
    labs.push(lab);
    return [lab, await lab.connect("/", options)];
  };
  const cut = new Set();
  try {
    await Promise.all(
      args.silent.map(async (site) => {
        const [, socket] = await open(site, "websocket");
        socket.on("disconnect", () => cut.add(site.name));
      }),
    );
    await Promise.all(
      args.sites.flatMap((site) =>
        ["polling", "websocket"].map(async (transport) => {
          const [lab, socket] = await open(site, transport);
          socket.on("disconnect", (reason) => assert.fail(`${site.name}, ${transport}: ${reason}`));
          for (let i = 0; i < args.pings; i++) await lab.next(socket.io, "ping");
          assert.equal(await socket.emitWithAck("echo", 1), 1);
          socket.off("disconnect");
        }),
      ),
    );
    for (const until = Date.now() + 10_000; cut.size < args.cut && Date.now() < until; ) await sleep(50);
    return [...cut].sort();
  } finally {
    labs.forEach((lab) => lab.close());
  }
}

// reload has the server reload its proxy, and gives why the client was disconnected meanwhile, if it was.
export async function reload(lab) {
  const socket = await lab.connect("/", lab.args.options);
  const reasons = [];
  socket.on("disconnect", (reason) => reasons.push(reason));
  for (let round = 0; round < 2 && socket.connected; round++) {
    const answer = await socket.emitWithAck("reload").catch(() => null);
    if (!socket.connected) break;
    assert.equal(answer, "reloaded");
    for (let i = 0; i < 20; i++) assert.equal(await socket.emitWithAck("echo", i), i);
  }
  return [...reasons];
}

// crash has the servers crash: the one that the client has met, whereupon it finds the other one; and, when the first
// is back, both at once, whereupon it finds one as soon as they are back.
export async function crash(lab) {
  const socket = await lab.connect("/", { ...lab.args.options, reconnection: true });
  const first = await socket.emitWithAck("who");
  for (const both of [false, true]) {
    const gone = lab.next(socket, "disconnect");
    const back = gone.then(() => lab.next(socket, "connect"));
    socket.emit("crash", both);
    await back;
    await lab.settled(socket);
    const name = await socket.emitWithAck("who");
    if (both) break;
    assert.notEqual(name, first);
    await socket.emitWithAck("restart");
  }
}
