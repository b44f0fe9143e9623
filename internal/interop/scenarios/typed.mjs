import assert from "node:assert/strict";

// events: one argument each way, or none.
export async function events(lab) {
  const socket = await lab.connect();
  const echo = lab.next(socket, "note");
  socket.emit("note", { title: "été", tags: ["a", "b"], photo: Buffer.from([1, 2, 3]), unknown: 1 });
  assert.deepEqual(await echo, [{ title: "ÉTÉ", tags: ["a", "b"], photo: Buffer.from([3, 2, 1]) }]);
  socket.emit("note", "no note"); // does not decode: nobody hears of it
  for (const args of [[], ["ignored", 1]]) {
    const reset = lab.next(socket, "reset");
    socket.emit("reset", ...args);
    assert.deepEqual(await reset, []);
  }
  assert.equal(await socket.emitWithAck("count"), 2);
}

// calls: answers, and errors that are meant for the client or not.
export async function calls(lab) {
  const socket = await lab.connect();
  assert.equal(await socket.emitWithAck("sum", [1, 2, 3]), 6);
  assert.deepEqual(await socket.emitWithAck("sum", []), { error: { message: "nothing to add", data: { code: 7 } } });
  assert.deepEqual(await socket.emitWithAck("sum", [1]), { error: { message: "internal error" } });
  assert.deepEqual(await socket.emitWithAck("reverse", Buffer.from("abc")), Buffer.from("cba"));
  await assert.rejects(socket.timeout(100).emitWithAck("sum", "no list"), /timed out/); // there is no answer
  socket.emit("sum", []); // nobody wants to know
  assert.equal(await socket.emitWithAck("count"), 0);
}

const answers = {
  well: (answer, { hint }) => answer({ text: "yes", proof: Buffer.concat([Buffer.from("p"), hint.subarray(2)]) }),
  partly: (answer) => answer({}),
  nothing: (answer) => answer(),
  null: (answer) => answer(null),
  badly: (answer) => answer({ error: { message: "I do not know", data: { why: "too hard" } } }),
  wrong: (answer) => answer(["a", "list"]),
  never: () => {},
};

// asked: the server asks, and gets what this client makes of it.
export async function asked(lab) {
  const socket = await lab.connect();
  socket.on("quiz", (question, answer) => answers[question.how](answer, question));
  const got = {};
  for (const how of Object.keys(answers)) got[how] = await socket.emitWithAck("ask", how);
  assert.deepEqual(got, {
    well: "yes p",
    partly: " ",
    nothing: " ",
    null: " ",
    badly: "failed: I do not know, too hard",
    wrong: "not understood",
    never: "timeout",
  });
}

// everybody: the server asks all at once; one of them fails.
export async function everybody(lab) {
  const clients = await Promise.all(Array.from({ length: 3 }, () => lab.connect()));
  clients.forEach((c, i) =>
    c.on("quiz", (_, answer) => answer(i === 1 ? { error: { message: "not me" } } : { text: `client ${i}` })),
  );
  const call = new Promise((resolve) => clients[0].emit("quiz all", (...args) => resolve(args)));
  const [texts, failure] = await call;
  assert.deepEqual(texts, ["client 0", "client 2"]);
  assert.match(failure, /not me/);
}
