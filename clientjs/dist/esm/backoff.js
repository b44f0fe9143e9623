function backoff(attempt, min, max, jitter) {
  return Math.min(min * 2 ** attempt * (1 + jitter * (Math.random() * 2 - 1)), max);
}
export {
  backoff
};
