// Helpers of the tests, in the page under test. A test runs its steps here, and fails with what they throw.
'use strict';

const patience = 20_000; // of a single wait, in ms: machines can be slow

// until waits for a condition, and returns its value.
async function until(condition, what = String(condition)) {
  for (const deadline = performance.now() + patience; ; await new Promise((r) => setTimeout(r, 10))) {
    const value = await condition();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited in vain for: ${what}; log: ${JSON.stringify(log)}`);
  }
}

// next returns the arguments of an emitter's next event.
function next(emitter, event) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no ${event}; log: ${JSON.stringify(log)}`)), patience);
    emitter.once(event, (...args) => {
      clearTimeout(timer);
      resolve(args);
    });
  });
}

// describe makes a text of a value that tells apart what JSON does not.
function describe(value) {
  if (value instanceof ArrayBuffer) return `ArrayBuffer(${new Uint8Array(value)})`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name}(${value})`;
  if (Array.isArray(value)) return `[${value.map(describe).join(', ')}]`;
  if (value instanceof Object) {
    const name = value.constructor === Object ? '' : value.constructor?.name;
    return `${name}{${Object.entries(value).map(([k, v]) => `${k}: ${describe(v)}`).join(', ')}}`;
  }
  return JSON.stringify(value) ?? 'undefined';
}

function check(ok, what) {
  if (!ok) throw new Error(`${what}; log: ${JSON.stringify(log)}`);
}

function equal(got, want, what = 'value') {
  got = describe(got);
  want = describe(want);
  check(got === want, `${what}: got ${got}, want ${want}`);
}

// rejects returns the error with which a function throws, or its promise is rejected.
async function rejects(fn, what = String(fn)) {
  try {
    await fn();
  } catch (error) {
    check(error instanceof Error, `${what}: what is thrown is no Error`);
    return error;
  }
  throw new Error(`no error: ${what}`);
}

// log holds what happened to the watched sockets. It survives a reload: see earlier.
const log = [];
const earlier = JSON.parse(sessionStorage.getItem('log') ?? '[]');

function note(...entry) {
  log.push(entry);
  sessionStorage.setItem('log', JSON.stringify(log));
}

// watch logs the life of a socket and returns it.
function watch(socket) {
  socket.on('connect', () => note('connect', socket.io.engine.transport.name));
  socket.on('connect_error', (error) => note('connect_error', error.message));
  socket.on('disconnect', (reason, details) => note('disconnect', reason, cause(details)));
  return socket;
}

// cause returns the text by which the details of a disconnect say more than the reason.
function cause(details) {
  return (details instanceof Error ? details.message : details?.description) ?? null;
}

// logged returns the entries of one kind.
function logged(kind) {
  return log.filter((entry) => entry[0] === kind);
}

addEventListener('pageshow', (event) => {
  self.persisted = event.persisted; // the page comes from the bfcache
});

// strict tells that the Content-Security-Policy is at work.
const strict = (() => {
  try {
    return Function('return false')();
  } catch {
    return true;
  }
})();

addEventListener('securitypolicyviolation', (event) => {
  if (event.sourceFile.endsWith('/page.js')) return; // see above
  throw new Error(`the Content-Security-Policy forbids ${event.violatedDirective} ${event.blockedURI}`);
});
