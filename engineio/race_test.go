//go:build race

package engineio

// What the race detector costs.
const (
	PoolLoss = 1  // allocations per run: it makes a sync.Pool lose things at random
	Slowdown = 10 // times
)
