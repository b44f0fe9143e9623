import type { EngineOptions } from './options.js';
import type { RawData } from './types.js';

/** What a WebSocket has to be able to do: the browser's, and that of the package ws. */
export interface WebSocketLike {
  binaryType: string;
  onopen: ((ev: any) => void) | null;
  onclose: ((ev: any) => void) | null;
  onerror: ((ev: any) => void) | null;
  onmessage: ((ev: any) => void) | null;
  send(data: RawData, ...more: any[]): void;
  close(): void;
}

/** Returns a WebSocket of the platform, which connects. */
export function openWebSocket(uri: string, { protocols, extraHeaders }: EngineOptions): WebSocketLike {
  // React Native knows headers, and warns of anything else.
  return !IN_BUNDLE && globalThis.navigator?.product == 'ReactNative'
    ? new (WebSocket as any)(uri, protocols, { headers: extraHeaders })
    : new WebSocket(uri, protocols || []);
}
