import { closing, Polling } from "./polling.js";
class XHR extends Polling {
  doPoll() {
    this.get_ = this.request_("poll", (text) => this.onData(text));
  }
  doWrite(data, callback) {
    this.request_("post", callback, data);
  }
  request_(what, callback, body) {
    const { opts } = this;
    const xhr = new XMLHttpRequest();
    xhr.open(body ? "POST" : "GET", this.uri());
    for (const name of Object.keys(opts.extraHeaders || {})) xhr.setRequestHeader(name, opts.extraHeaders[name]);
    if (body) xhr.setRequestHeader("content-type", "text/plain;charset=UTF-8");
    xhr.withCredentials = !!opts.withCredentials;
    xhr.timeout = opts.requestTimeout || 0;
    xhr.onloadend = () => {
      if (body == closing) this.get_.abort();
      xhr.status == 200 ? callback(xhr.responseText) : this.onError(`xhr ${what} error`, xhr.status, xhr);
    };
    xhr.send(body);
    return xhr;
  }
}
export {
  XHR
};
