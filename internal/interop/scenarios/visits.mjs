import assert from "node:assert/strict";

// cookie: it is the session's id, in the answer that opens the session and in no other.
export async function cookie(lab) {
  const base = `${lab.url}/socket.io/?EIO=4&transport=polling`;
  const first = await fetch(base);
  const { sid } = JSON.parse((await first.text()).slice(1));
  assert.deepEqual(first.headers.getSetCookie(), [`node=${sid}; Path=/; HttpOnly; SameSite=Lax`]);
  const post = await fetch(`${base}&sid=${sid}`, { method: "POST", body: "40" });
  const poll = await fetch(`${base}&sid=${sid}`);
  const gone = await fetch(`${base}&sid=unknown`);
  for (const answer of [post, poll, gone]) assert.deepEqual(answer.headers.getSetCookie(), [], answer.url);
}

// jar gives the id of a session whose client has a cookie jar.
export async function jar(lab) {
  const socket = await lab.connect("/", { withCredentials: true });
  const { id } = socket.io.engine;
  await lab.settled(socket);
  assert.equal(await socket.emitWithAck("hello"), "hi");
  return id;
}

// origin gives what the server takes for the client's.
export async function origin(lab) {
  const socket = await lab.connect("/", lab.args);
  await lab.settled(socket);
  const { address, secure } = await socket.emitWithAck("handshake");
  return { address, secure };
}
