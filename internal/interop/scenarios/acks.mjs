import assert from "node:assert/strict";
import { sleep } from "./lab.mjs";

const call = (socket, ...args) => new Promise((resolve) => socket.emit(...args, (...answer) => resolve(answer)));

// answers: the server acknowledges with any number of values.
export async function answers(lab) {
  const socket = await lab.connect();
  assert.deepEqual(await call(socket, "sum", 1, 2), [3]);
  assert.deepEqual(await call(socket, "nothing"), []);
  assert.deepEqual(await call(socket, "several"), ["a", 2, { three: [3] }]);
  assert.deepEqual(await call(socket, "reverse", Buffer.from([1, 2, 3])), [Buffer.from([3, 2, 1])]);
  assert.deepEqual(await call(socket, "nested", { a: [Buffer.from("x")] }), [{ b: { c: Buffer.from("x") } }]);
  assert.deepEqual(await call(socket, "late", 1), ["late", 1]);
  assert.equal(await socket.emitWithAck("sum", 20, 22), 42);
}

// many: each of many acknowledgements finds its event, in the order of the events.
export async function many(lab) {
  const socket = await lab.connect();
  const order = [];
  const all = [];
  for (let i = 0; i < 500; i++) {
    all.push(call(socket, "sum", i, i).then(([v]) => order.push(v)));
  }
  await Promise.all(all);
  assert.deepEqual(order, Array.from({ length: 500 }, (_, i) => 2 * i));
}

// timeouts: those of the client, and answers that come too late or not at all.
export async function timeouts(lab) {
  const socket = await lab.connect();
  await assert.rejects(socket.timeout(50).emitWithAck("silent"), /operation has timed out/);
  assert.equal(await socket.timeout(5000).emitWithAck("sum", 1, 1), 2);
  const calls = [];
  socket.timeout(50).emit("late", 200, (...args) => calls.push(args));
  await sleep(300);
  assert.equal(calls.length, 1); // the timeout, and not the late answer as well
  assert.match(calls[0][0].message, /timed out/);
  assert.deepEqual(await call(socket.timeout(5000), "sum", 2, 2), [null, 4]); // the connection is none the worse
}

// errors: a handler's error is the answer, as far as it is meant for the client.
export async function errors(lab) {
  const socket = await lab.connect();
  assert.deepEqual(await call(socket, "fail", "bad"), [{ error: { message: "bad", data: { code: 7 } } }]);
  assert.deepEqual(await call(socket, "fail", ""), [1]);
  assert.deepEqual(await call(socket, "secret"), [{ error: { message: "internal error" } }]);
  assert.deepEqual(await call(socket, "checked", "no"), [{ error: { message: "not allowed" } }]); // by a middleware
  assert.deepEqual(await call(socket, "checked", "yes"), ["yes"]);
  socket.emit("fail", "bad"); // nobody wants to know
  assert.deepEqual(await call(socket, "sum", 1, 1), [2]);
}

// asked: the server wants acknowledgements, also while it handles an event of the same client.
export async function asked(lab) {
  const socket = await lab.connect();
  socket.on("question", (n, bytes, answer) => answer(n + 1, Buffer.concat([bytes, bytes]), { ok: true }));
  assert.deepEqual(await call(socket, "ask", "question", 5000), [2, Buffer.from([1, 2, 1, 2]), { ok: true }]);
  socket.on("empty", (n, bytes, answer) => answer());
  assert.deepEqual(await call(socket, "ask", "empty", 5000), []);
  const late = new Promise((resolve) => socket.on("tardy", (n, bytes, answer) => setTimeout(() => resolve(answer()), 400)));
  assert.deepEqual(await call(socket, "ask", "tardy", 50), ["socketio: no acknowledgement in time"]);
  await late;
  assert.deepEqual(await call(socket, "ask", "unheard", 50), ["socketio: no acknowledgement in time"]);
  socket.on("flood", (i, answer) => answer(i));
  assert.equal(await socket.emitWithAck("flood", 200), 199 * 100); // the sum of what 200 of them gave
}

// twice: an acknowledgement counts once.
export async function twice(lab) {
  const socket = await lab.connect();
  let answers = 0;
  socket.emit("twice", () => answers++);
  assert.deepEqual(await call(socket, "sum", 1, 1), [2]);
  assert.equal(answers, 1);
  socket.on("question", (n, bytes, answer) => {
    answer(1);
    answer(2);
  });
  assert.deepEqual(await call(socket, "ask", "question", 5000), [1]);
}

// left: the server waits in vain for a client that leaves. The Go test looks at what it got.
export async function left(lab) {
  const socket = await lab.connect();
  socket.on("question", () => socket.disconnect());
  socket.emit("ask", "question", 10_000);
  await lab.next(socket, "disconnect");
}
