//go:build race

package browser

// raceFlags build the server as the test was built.
var raceFlags = []string{"-race"}
