import assert from "node:assert/strict";

// chat: many clients connect at once, each into a room, and all talk at the same time.
export async function chat(lab) {
  const { clients: total, rooms, lines } = lab.args;
  const heard = [];
  const clients = Array.from({ length: total }, (_, i) => {
    heard.push([]);
    const client = lab.open("/", { auth: { room: `room ${i % rooms}` } });
    client.on("said", (from, line, text) => heard[i].push({ from, line, text: String(text) }));
    return client;
  });
  // An answer says more than the connection: that what the server does on connection, such as joining the room, is done.
  await Promise.all(clients.map((client) => client.emitWithAck("count")));
  assert.equal(await clients[0].emitWithAck("count"), total);
  await Promise.all(
    clients.map(async (client, i) => {
      for (let line = 0; line < lines; line++) {
        await client.emitWithAck("say", i, line, i % 7 === 0 ? Buffer.from(`bytes of ${i}`) : `text of ${i}`);
      }
    }),
  );
  await Promise.all(clients.map((client) => client.emitWithAck("count"))); // answered behind all that was said
  heard.forEach((list, i) => {
    const got = new Set(list.map(({ from, line }) => `${from}:${line}`));
    for (let from = i % rooms; from < total; from += rooms) {
      for (let line = 0; line < lines; line++) assert.ok(got.has(`${from}:${line}`), `client ${i} missed line ${line} of ${from}`);
    }
    assert.equal(list.length, (total / rooms) * lines, `client ${i} heard something twice`);
    const last = new Map();
    for (const { from, line, text } of list) {
      assert.equal(from % rooms, i % rooms, `client ${i} heard ${from}, who is in another room`);
      assert.equal(text, from % 7 === 0 ? `bytes of ${from}` : `text of ${from}`);
      assert.equal(line, last.has(from) ? last.get(from) + 1 : 0, `client ${i} heard ${from} out of order`);
      last.set(from, line);
    }
  });
}
