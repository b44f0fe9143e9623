/** Decodes a value. It fails on anything else than one whole value. */
export declare function decode(data: ArrayBuffer | ArrayBufferView): unknown;
