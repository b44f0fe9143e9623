//go:build !race

package engineio_test

const poolLoss = 0
