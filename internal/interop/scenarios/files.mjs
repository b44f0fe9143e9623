import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Transcript } from "./transcript.mjs";

// served gives a transcript of what a browser gets that asks for the client's files.
export async function served(lab) {
  const t = new Transcript();
  const ask = async (name, headers = {}) => {
    const answer = await fetch(`${lab.url}/socket.io/${name}`, { headers: { "Accept-Encoding": "identity", ...headers } });
    const content = Buffer.from(await answer.arrayBuffer()); // fetch has decompressed it
    const about = ["content-type", "content-encoding", "cache-control"].map((h) => answer.headers.get(h));
    const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
    t.write(name, headers, answer.status, about, content.length, hash);
    return answer;
  };
  const names = ["", ".min", ".esm.min", ".msgpack.min"].map((kind) => `socket.io${kind}.js`);
  for (const name of [...names, ...names.map((n) => n + ".map")]) {
    await ask(name);
    const answer = await ask(name, { "Accept-Encoding": "gzip" });
    assert.equal(answer.status, 200, name);
    const etag = answer.headers.get("etag");
    assert.match(etag, /^(W\/)?"[^"]+"$/);
    const strong = etag.replace(/^W\//, "");
    for (const [what, tag, status] of [
      ["same", etag, 304],
      ["strong", strong, 304],
      ["weak", `W/${strong}`, 304],
      ["other", '"other"', 200],
    ]) {
      const again = await fetch(`${lab.url}/socket.io/${name}`, {
        headers: { "Accept-Encoding": "gzip", "If-None-Match": tag },
      });
      const content = await again.text();
      assert.equal(again.status, status, `${name}, If-None-Match: ${what}`);
      assert.equal(content === "", status === 304);
    }
  }
  for (const name of ["socket.io.js.br", "other.js", "socket.io.jsx", "..%2fpackage.json", "socket.io.esm.js"]) {
    const answer = await fetch(`${lab.url}/socket.io/${name}`);
    t.write(name, answer.status, await answer.text());
  }
  return t.all;
}

// run loads the client from the server and lets it talk to it, with the transport that needs nothing of a browser.
export async function run(lab) {
  const source = await (await fetch(`${lab.url}/socket.io/socket.io.esm.min.js`)).text();
  const dir = await mkdtemp(join(tmpdir(), "client-"));
  const file = join(dir, "client.mjs");
  await writeFile(file, source);
  const { io, Fetch } = await import(file).finally(() => rm(dir, { recursive: true }));
  const socket = io(lab.url, { transports: [Fetch], reconnection: false });
  try {
    await lab.connected(socket);
    assert.equal(await socket.emitWithAck("hello"), "hi");
  } finally {
    socket.disconnect();
  }
}
