//go:build race

package program

// raceFlags build programs as the test was built.
var raceFlags = []string{"-race"}
