import assert from "node:assert/strict";

const rooms = { ann: ["red", "big"], bob: ["red"], cid: ["blue"], dan: [] };

// people connects the clients that are named above and puts them into their rooms.
async function people(lab) {
  const clients = {};
  for (const name in rooms) clients[name] = lab.open("/", { auth: { name } });
  await Promise.all(Object.entries(rooms).map(([name, list]) => clients[name].emitWithAck("join", list)));
  return clients;
}

// barrier waits until every client has received what the first of them, or the server, has sent before.
async function barrier(lab, clients) {
  const all = Object.values(clients).filter((c) => c.connected);
  const arrived = all.map((client) => lab.next(client, "barrier"));
  all[0].emit("cast", { label: "barrier" });
  await Promise.all(arrived);
}

// casting: who gets what, each once. Casts are made by ann, or by the server.
export async function casting(lab) {
  const clients = await people(lab);
  const id = (name) => clients[name].id;
  const rows = [
    [{}, "ann bob cid dan"],
    [{ to: ["red"] }, "ann bob"],
    [{ to: ["red", "big", "blue", "red"] }, "ann bob cid"], // ann is in two of them
    [{ to: ["nobody"] }, ""],
    [{ to: [id("dan")] }, "dan"], // the room of an id
    [{ to: [id("dan"), "blue"] }, "cid dan"],
    [{ except: ["red"] }, "cid dan"],
    [{ except: ["red", "blue"] }, "dan"],
    [{ except: [id("ann")] }, "bob cid dan"],
    [{ to: ["red", "blue"], except: ["big"] }, "bob cid"],
    [{ to: ["red"], except: ["red"] }, ""],
    [{ local: true }, "ann bob cid dan"],
    [{ to: ["red"], local: true }, "ann bob"],
    [{ from: "ann" }, "bob cid dan"], // socket.broadcast
    [{ from: "ann", to: ["red"] }, "bob"],
    [{ from: "ann", to: ["big"] }, ""],
    [{ from: "ann", to: [id("ann")] }, ""],
    [{ from: "ann", except: ["blue"] }, "bob dan"],
    [{ from: "ann", to: ["red", "blue"], except: [id("bob")] }, "cid"],
    [{ from: "ann", local: true }, "bob cid dan"],
  ];
  const got = rows.map(() => []);
  for (const [name, client] of Object.entries(clients)) {
    client.on("cast", (i, deep) => {
      assert.deepEqual(deep, { bytes: [Buffer.from([1, 2, 3])] });
      got[i].push(name);
    });
  }
  rows.forEach(([cast], label) => clients.ann.emit("cast", { ...cast, label }));
  await barrier(lab, clients);
  rows.forEach(([cast, want], i) => assert.equal(got[i].sort().join(" "), want, JSON.stringify(cast)));
}

// leaving: rooms are left one by one, and all of them by disconnection.
export async function leaving(lab) {
  const clients = await people(lab);
  const got = [];
  for (const [name, client] of Object.entries(clients)) client.on("cast", (label) => got.push(`${label} ${name}`));
  await clients.ann.emitWithAck("leave", "red");
  assert.deepEqual(await clients.ann.emitWithAck("rooms"), [clients.ann.id, "big"]);
  clients.ann.emit("cast", { to: ["red"], label: 1 });
  await barrier(lab, clients);
  clients.cid.disconnect();
  clients.cid.connect();
  await lab.connected(clients.cid);
  assert.deepEqual(await clients.cid.emitWithAck("rooms"), [clients.cid.id]);
  clients.ann.emit("cast", { to: ["blue"], label: 2 });
  await barrier(lab, clients);
  assert.deepEqual(got, ["1 bob"]);
}

// volatile: broadcasts that may be dropped reach at least a client that waits for nothing else, in the end.
export async function volatile(lab) {
  const clients = await people(lab);
  const got = new Map();
  for (const [name, client] of Object.entries(clients)) {
    client.on("cast", () => got.set(name, (got.get(name) ?? 0) + 1));
  }
  let rounds = 0;
  for (; got.size < 4; rounds++) {
    clients.ann.emit("cast", { volatile: true, label: 0 });
    await barrier(lab, clients);
  }
  for (const n of got.values()) assert.ok(n <= rounds, `${n} of ${rounds}`);
}

// acked: broadcasts that want acknowledgements.
export async function acked(lab) {
  const { ann, bob, cid, dan } = await people(lab);
  for (const [name, client] of Object.entries({ ann, bob, cid })) {
    client.on("vote", (bytes, answer) => answer(`${name} ${bytes.length}`, bytes));
  }
  const vote = (to, ms) => new Promise((resolve) => dan.emit("vote", to, ms, (...args) => resolve(args)));
  assert.deepEqual(await vote(["red", "blue"], 5000), [["ann 3", "bob 3", "cid 3"], ""]);
  assert.deepEqual(await vote(["nobody"], 5000), [[], ""]);
  dan.on("vote", () => {}); // and no answer
  assert.deepEqual(await vote([], 500), [["ann 3", "bob 3", "cid 3"], "socketio: no acknowledgement in time"]);
  bob.off("vote").on("vote", () => bob.disconnect());
  assert.deepEqual(await vote(["red"], 5000), [["ann 3"], "socketio: disconnected"]);
}

// fetched: what the server can list, and do to what it has listed.
export async function fetched(lab) {
  const clients = await people(lab);
  const list = await clients.ann.emitWithAck("fetch", []);
  list.sort((a, b) => a.data.localeCompare(b.data));
  assert.deepEqual(
    list.map((s) => ({ ...s, rooms: s.rooms.sort() })),
    Object.entries(clients).map(([name, { id }]) => ({
      id,
      data: name,
      auth: { name },
      rooms: [id, ...rooms[name]].sort(),
    })),
  );
  assert.deepEqual((await clients.ann.emitWithAck("fetch", ["blue"])).map((s) => s.data), ["cid"]);
  assert.deepEqual(await clients.ann.emitWithAck("fetch", ["nobody"]), []);

  const told = lab.next(clients.cid, "remote");
  const gone = lab.next(clients.cid, "disconnect");
  await clients.ann.emitWithAck("remote", ["blue"]); // is sent an event, moved to room "moved", and disconnected
  assert.deepEqual(await told, ["hello", Buffer.from([1])]);
  assert.deepEqual((await gone)[0], "io server disconnect");
}

// moved: the server makes clients join and leave rooms.
export async function moved(lab) {
  const clients = await people(lab);
  const now = async (name) => (await clients[name].emitWithAck("rooms")).slice(1).sort().join(" ");
  await clients.dan.emitWithAck("socketsJoin", ["red"], ["green", "blue"]);
  assert.deepEqual([await now("ann"), await now("bob"), await now("dan")], ["big blue green red", "blue green red", ""]);
  await clients.dan.emitWithAck("socketsLeave", ["blue"], ["red", "blue"]);
  assert.deepEqual([await now("ann"), await now("bob"), await now("cid")], ["big green", "green", ""]);
}

// kicked: the server disconnects the clients of a room, from the namespace alone or with their connection.
export async function kicked(lab) {
  const clients = await people(lab);
  const side = lab.beside(clients.ann, "/side");
  await lab.connected(side);
  const reasons = [clients.ann, clients.bob].map((c) => lab.next(c, "disconnect"));
  await clients.dan.emitWithAck("disconnectSockets", ["red"], false);
  assert.deepEqual((await Promise.all(reasons)).map(([r]) => r), ["io server disconnect", "io server disconnect"]);
  assert.equal(await side.emitWithAck("ping"), "pong");
  assert.equal(await clients.cid.emitWithAck("members"), 2);

  const ends = [clients.cid, clients.dan, lab.beside(clients.cid, "/side")];
  await lab.connected(ends[2]);
  const last = ends.map((c) => lab.next(c, "disconnect"));
  clients.cid.emit("disconnectSockets", [], true);
  assert.deepEqual((await Promise.all(last)).map(([r]) => r), Array(3).fill("io server disconnect"));
  assert.equal(await side.emitWithAck("ping"), "pong"); // ann's connection, which is in another namespace only
}

// sizes: how many are in each room, the rooms of the clients' own ids included.
export async function sizes(lab) {
  const [ann, bob] = [await lab.connect(), await lab.connect()];
  assert.equal(await ann.emitWithAck("join", "tea"), 1);
  assert.equal(await bob.emitWithAck("join", "tea"), 2);
  assert.deepEqual(await ann.emitWithAck("sizes"), { [ann.id]: 1, [bob.id]: 1, tea: 2 });
  bob.disconnect();
  const alone = { [ann.id]: 1, tea: 1 };
  let got;
  for (let tries = 0; tries < 500 && Object.keys((got = await ann.emitWithAck("sizes"))).length > 2; tries++);
  assert.deepEqual(got, alone);
}
