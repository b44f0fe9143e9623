/**
 * The delays between attempts to reconnect: they double up to a limit, and jitter spreads those of many clients. Each
 * instance draws its own numbers.
 */
export class Backoff {
  /** Attempts since the last reset. */
  attempts = 0;

  constructor(
    /** The first delay, in ms. */
    public min: number,
    /** The longest delay, in ms. */
    public max: number,
    /** How much of a delay is left to chance: 0.5 makes a delay of 1000 ms one of 500 to 1500. */
    public jitter: number,
    /** How many attempts there may be. */
    public limit = Infinity,
  ) {}

  /** The next delay, in ms. */
  duration(): number {
    const delay = this.min * 2 ** this.attempts++;
    return Math.floor(Math.min(delay * (1 + this.jitter * (Math.random() * 2 - 1)), this.max));
  }

  /** Starts again with the first delay. */
  reset(): void {
    this.attempts = 0;
  }
}
