/**
 * The delays between attempts to reconnect: they double up to a limit, and jitter spreads those of many clients. Each
 * instance draws its own numbers.
 */
export declare class Backoff {
    /** The first delay, in ms. */
    min: number;
    /** The longest delay, in ms. */
    max: number;
    /** How much of a delay is left to chance: 0.5 makes a delay of 1000 ms one of 500 to 1500. */
    jitter: number;
    /** Attempts since the last reset. */
    attempts: number;
    constructor(
    /** The first delay, in ms. */
    min: number, 
    /** The longest delay, in ms. */
    max: number, 
    /** How much of a delay is left to chance: 0.5 makes a delay of 1000 ms one of 500 to 1500. */
    jitter: number);
    /** The next delay, in ms. */
    duration(): number;
    /** Starts again with the first delay. */
    reset(): void;
}
