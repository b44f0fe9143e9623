// Starts the program, with the support that Go has for it in wasm_exec.js.
/* global Go */

const go = new Go();
WebAssembly.instantiateStreaming(fetch('built/page.wasm'), go.importObject)
  .then(({ instance }) => go.run(instance))
  .catch((error) => { document.getElementById('status').textContent = String(error); });
