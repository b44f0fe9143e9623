import assert from "node:assert/strict";

// deflate: messages over WebSocket are compressed both ways, unless they are small or shall not be.
export async function deflate(lab) {
  const socket = await lab.connect();
  await lab.settled(socket);
  const { ws } = socket.io.engine.transport;
  assert.match(ws.extensions, /permessage-deflate/);
  const text = "the same words again and again, ".repeat(4000);
  const bytes = Buffer.alloc(50_000, 7);
  const taken = async (call) => {
    const before = { read: ws._socket.bytesRead, written: ws._socket.bytesWritten };
    await call();
    return { read: ws._socket.bytesRead - before.read, written: ws._socket.bytesWritten - before.written };
  };
  const echo = async (event, ...args) => {
    socket.emit(event, ...args);
    assert.deepEqual(await lab.next(socket, "echo"), args);
  };
  const compressed = await taken(() => echo("echo", text, bytes));
  assert.ok(compressed.read < 5000 && compressed.written < 5000, JSON.stringify(compressed));
  const broadcast = await taken(() => echo("everybody", text));
  assert.ok(broadcast.read < 5000, JSON.stringify(broadcast));
  const plain = await taken(() => echo("plain", text));
  assert.ok(plain.read > text.length, JSON.stringify(plain));
  const small = await taken(() => echo("echo", "a".repeat(500)));
  assert.ok(small.read > 500, JSON.stringify(small));
  const noise = Buffer.from(Array.from({ length: 20_000 }, () => Math.random() * 256)); // does not get smaller
  await echo("echo", noise);
  await echo("everybody", noise, text);
}

// polls: what fetch gets is compressed on the way.
export async function polls(lab) {
  const base = `${lab.url}/socket.io/?EIO=4&transport=polling`;
  const { sid } = JSON.parse((await (await fetch(base)).text()).slice(1));
  const post = async (body) => assert.equal(await (await fetch(`${base}&sid=${sid}`, { method: "POST", body })).text(), "ok");
  const poll = (encoding) => fetch(`${base}&sid=${sid}`, { headers: { "Accept-Encoding": encoding } });
  await post("40");
  await poll("gzip");
  const text = "the same words again and again, ".repeat(100);
  for (const [encoding, event, want] of [
    ["gzip", "echo", "gzip"],
    ["deflate", "echo", "deflate"],
    ["br, gzip;q=0.1", "echo", "gzip"],
    ["identity", "echo", null],
    ["gzip", "plain", null],
  ]) {
    await post(`42${JSON.stringify([event, text])}`);
    const answer = await poll(encoding);
    assert.equal(answer.headers.get("content-encoding"), want, `${encoding}, ${event}`);
    assert.equal(await answer.text(), `42${JSON.stringify(["echo", text])}`);
  }
}
