import type { EngineOptions } from './options.js';
/** The options of a request, those among the options of the engine that Node.js knows. */
export declare function nodeOptions(opts: EngineOptions, more?: readonly string[]): Record<string, unknown>;
/** The headers of a request, with the cookies that the server has set. */
export declare function nodeHeaders(opts: EngineOptions, cookieJar: unknown): Record<string, string>;
