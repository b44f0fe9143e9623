class Backoff {
  constructor(min, max, jitter) {
    this.min = min;
    this.max = max;
    this.jitter = jitter;
    /** Attempts since the last reset. */
    this.attempts = 0;
  }
  /** The next delay, in ms. */
  duration() {
    const delay = this.min * 2 ** this.attempts++;
    return Math.floor(Math.min(delay * (1 + this.jitter * (Math.random() * 2 - 1)), this.max));
  }
  /** Starts again with the first delay. */
  reset() {
    this.attempts = 0;
  }
}
export {
  Backoff
};
