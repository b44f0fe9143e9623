import { Socket } from "./socket.js";
import { url } from "./url.js";
function lookup(Manager) {
  const managers = {};
  const io = ((uri, opts = {}) => {
    if (typeof uri == "object") {
      opts = uri || opts;
      uri = void 0;
    }
    const { id, path, source } = url(uri, opts.path || "/socket.io");
    const shared = managers[id];
    if (opts.forceNew || opts.multiplex === false || shared && path in shared["nsps"]) {
      return new Manager(source, opts).socket(path, opts);
    }
    return (managers[id] || (managers[id] = new Manager(source, opts))).socket(path, opts);
  });
  return Object.assign(io, { io, connect: io, Manager, Socket });
}
export {
  lookup
};
