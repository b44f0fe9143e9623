import assert from "node:assert/strict";

// attempt tries to connect with the options of the Go test, and gives what came of it: the status of the answer, and
// with polling the message in it.
export async function attempt(lab) {
  const socket = lab.open("/", lab.args.options);
  let refusal;
  socket.once("connect_error", (error) => (refusal = details(error)));
  try {
    await lab.connected(socket);
  } catch {
    return refusal;
  }
  await lab.settled(socket);
  return { status: 200, message: await socket.emitWithAck("hello", Buffer.from("bytes")) };
}

// details must be called at once: the request is cleared after its error has been told.
function details({ type, context, description, stack }) {
  assert.equal(type, "TransportError", stack);
  if (context?.responseText !== undefined) {
    return { status: context.status, message: JSON.parse(context.responseText).message };
  }
  return { status: Number(/Unexpected server response: (\d+)/.exec(description?.message)?.[1]) };
}
