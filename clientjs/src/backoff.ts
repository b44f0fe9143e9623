/**
 * The delay before an attempt to reconnect, in ms. It doubles with each attempt, up to a limit. Jitter is how much of it
 * is left to chance, so that many clients do not come back at once: 0.5 makes a delay of 1000 ms one of 500 to 1500.
 */
export function backoff(attempt: number, min: number, max: number, jitter: number): number {
  return Math.min(min * 2 ** attempt * (1 + jitter * (Math.random() * 2 - 1)), max);
}
