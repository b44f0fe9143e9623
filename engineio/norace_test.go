//go:build !race

package engineio

const (
	PoolLoss = 0
	Slowdown = 1
)
