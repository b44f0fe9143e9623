import { closing, Polling } from './polling.js';

/** HTTP long-polling by `XMLHttpRequest`, for pages that need it: `transports: [XHR, WebSocket]`. */
export class XHR extends Polling {
  private get_: XMLHttpRequest | undefined;

  protected doPoll(): void {
    this.get_ = this.request_('poll', (text) => this.onData(text));
  }

  protected doWrite(data: string, callback: () => void): void {
    this.request_('post', callback, data);
  }

  private request_(what: string, callback: (text: string) => void, body?: string): XMLHttpRequest {
    const { opts } = this;
    const xhr = new XMLHttpRequest();
    xhr.open(body ? 'POST' : 'GET', this.uri());
    for (const name of Object.keys(opts.extraHeaders || {})) xhr.setRequestHeader(name, opts.extraHeaders![name]!);
    if (body) xhr.setRequestHeader('content-type', 'text/plain;charset=UTF-8');
    xhr.withCredentials = !!opts.withCredentials;
    xhr.timeout = opts.requestTimeout || 0;
    xhr.onloadend = () => {
      if (body == closing) this.get_!.abort();
      xhr.status == 200 ? callback(xhr.responseText) : this.onError(`xhr ${what} error`, xhr.status, xhr);
    };
    xhr.send(body);
    return xhr;
  }
}
