interface BufferConstructor {
    new (): Uint8Array;
    from(buffer: ArrayBufferLike, offset: number, length: number): Uint8Array;
}
/** Buffer of Node.js; elsewhere undefined, also if there is a polyfill. */
export declare const NodeBuffer: BufferConstructor | undefined;
/** Encodes a value. The bytes are the caller's. Their buffer may be longer. */
export declare function encode(value: unknown): Uint8Array;
export {};
