import { protocol } from "./protocol.js";
import { Socket } from "./socket.js";
import { url } from "./url.js";
function lookup(Manager) {
  const managers = {};
  const io = ((uri, opts) => {
    if (typeof uri == "object") {
      opts = uri || opts;
      uri = void 0;
    }
    opts ||= {};
    const { id, path } = url(uri, opts.path ||= "/socket.io");
    const alone = opts.forceNew || opts.multiplex === false || managers[id]?.nsps[path];
    return (alone ? new Manager(uri, opts) : managers[id] ||= new Manager(uri, opts)).socket(path, opts);
  });
  return Object.assign(io, { io, connect: io, Manager, Socket, protocol });
}
export {
  lookup
};
