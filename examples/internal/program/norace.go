//go:build !race

package program

var raceFlags []string
