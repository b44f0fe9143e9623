// Runs scenarios for the Go tests: one job, as JSON, on each line of stdin, and one result on each line of stdout.
// A scenario is an exported function of a file beside this one, which gets a Lab; "events.order" is order of events.mjs.
// It has passed when it returns; what it returns, the Go test gets.

import { createInterface } from "node:readline";
import { Lab } from "./lab.mjs";

const limit = 25_000; // ms that a scenario may take

console.log = console.error; // stdout is for results

let fail; // rejects the job that runs
process.on("uncaughtException", (error) => fail(error)); // such as an assertion in a handler

async function run({ scenario, ...job }) {
  const lab = new Lab(job);
  const failed = new Promise((_, reject) => {
    fail = reject;
  });
  const timer = setTimeout(() => fail(new Error(`not done in ${limit} ms, ${lab.state()}`)), limit);
  try {
    const [file, name] = scenario.split(".");
    const module = await import(`./${file}.mjs`);
    return { result: await Promise.race([module[name](lab), failed]) };
  } catch (error) {
    return { error: error.stack ?? String(error) };
  } finally {
    clearTimeout(timer);
    lab.close();
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(JSON.stringify(await run(JSON.parse(line))) + "\n");
}
process.exit(); // whatever connections are still open
