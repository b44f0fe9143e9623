import { closing, contentType, Polling } from "./polling.js";
class XHR extends Polling {
  abort_() {
    this.get_?.abort();
  }
  request_(callback, body) {
    const { opts_: opts } = this;
    const xhr = new XMLHttpRequest();
    xhr.open(body ? "POST" : "GET", this.uri_());
    const headers = { ...body && contentType, ...opts.extraHeaders };
    for (const name of Object.keys(headers)) xhr.setRequestHeader(name, headers[name]);
    xhr.withCredentials = !!opts.withCredentials;
    xhr.timeout = opts.requestTimeout || 0;
    xhr.onloadend = () => {
      if (body == closing) this.abort_();
      if (xhr.status == 200) callback(xhr.responseText);
      else this.fail_(`xhr ${body ? "post" : "poll"} error`, xhr.status, xhr);
    };
    if (!body) this.get_ = xhr;
    xhr.send(body);
  }
}
export {
  XHR
};
