import * as http from "node:http";
import * as https from "node:https";
import { nodeHeaders, nodeOptions } from "./node-options.js";
import { closing, contentType, Polling } from "./polling.js";
class NodeXHR extends Polling {
  abort_() {
    this.get_?.destroy();
  }
  request_(callback, body) {
    const { opts_: opts, host_: socket } = this;
    const fail = (description, context) => this.fail_(`xhr ${body ? "post" : "poll"} error`, description, context ?? request);
    const request = (opts.secure ? https : http).request(this.uri_(), {
      agent: false,
      // which has no connections that the server is about to close
      ...nodeOptions(opts),
      method: body ? "POST" : "GET",
      headers: { ...body && contentType, ...nodeHeaders(opts, socket._cookieJar) },
      timeout: opts.requestTimeout
    });
    request.on("socket", (connection) => opts.autoUnref && connection.unref()).on("timeout", () => request.destroy(new Error("timeout"))).on("error", fail).on("close", () => body == closing && this.abort_()).on("response", (response) => {
      socket._cookieJar?.parseCookies(response.headers["set-cookie"]);
      let text = "";
      response.setEncoding("utf8").on("data", (chunk) => text += chunk).on("error", fail).on("end", () => response.statusCode == 200 ? callback(text) : fail(response.statusCode, response));
    });
    if (!body) this.get_ = request;
    request.end(body);
  }
}
export {
  NodeXHR
};
