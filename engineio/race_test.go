//go:build race

package engineio_test

// poolLoss is how many allocations per run the race detector adds: it makes a sync.Pool lose things at random.
const poolLoss = 1
