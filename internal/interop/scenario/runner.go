// Package scenario has node run the scenarios of the directory scenarios for Go tests.
package scenario

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// A Runner is a process that runs scenarios/runner.mjs. It is started when it is needed, and anew after a failure,
// which might have left something behind. It runs one scenario at a time; its methods must not be called concurrently.
type Runner struct {
	Dir string // where internal/interop is

	cmd     *exec.Cmd // nil: not running
	jobs    io.WriteCloser
	results *bufio.Reader
}

// A Job is what runner.mjs reads.
type Job struct {
	Scenario   string   `json:"scenario"` // file.function
	URL        string   `json:"url"`
	Transports []string `json:"transports"`
	Parser     string   `json:"parser,omitempty"`
	Args       any      `json:"args,omitempty"`
}

// jobTimeout is how long a scenario may take. It is longer than runner.mjs's own limit, whose reports are better.
const jobTimeout = 40 * time.Second

// Run runs a scenario, which fails the test if it fails, and stores its result.
func (n *Runner) Run(t *testing.T, j Job, result any) {
	t.Helper()
	if n.cmd == nil {
		n.start(t)
	}
	var answer struct {
		Result json.RawMessage `json:"result"`
		Error  string          `json:"error"`
	}
	err := n.ask(j, &answer)
	if err == nil && answer.Error == "" && result != nil {
		err = json.Unmarshal(answer.Result, result)
	}
	if err != nil || answer.Error != "" {
		n.Stop()
	}
	switch {
	case err != nil:
		t.Fatalf("scenario %s: %v", j.Scenario, err)
	case answer.Error != "":
		t.Fatalf("scenario %s: %s", j.Scenario, answer.Error)
	}
}

// ask gives node a job and waits for the answer.
func (n *Runner) ask(j Job, answer any) error {
	line, err := json.Marshal(j)
	if err != nil {
		return err
	}
	if _, err := n.jobs.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("node has ended: %w", err)
	}
	watchdog := time.AfterFunc(jobTimeout, func() { _ = n.cmd.Process.Kill() })
	defer watchdog.Stop()
	line, err = n.results.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("node crashed, or was stopped after %v: %w", jobTimeout, err)
	}
	return json.Unmarshal(line, answer)
}

func (n *Runner) start(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("these tests need Node.js: install it, then run `make test`, which installs the packages from npm")
	}
	if _, err := os.Stat(filepath.Join(n.Dir, "node_modules", "socket.io-client")); err != nil {
		t.Fatal("the packages from npm are missing: run `make test`, or `npm ci` in internal/interop")
	}
	// Reading them lets `go test` see when they change: its cache is void then.
	if _, err := os.ReadDir(filepath.Join(n.Dir, "scenarios")); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, filepath.Join(n.Dir, "scenarios", "runner.mjs"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	n.cmd, n.jobs, n.results = cmd, in, bufio.NewReader(out)
}

// Stop ends the process. runner.mjs exits at the end of its input, so it also ends if the tests crash.
func (n *Runner) Stop() {
	if n.cmd == nil {
		return
	}
	n.jobs.Close()
	_ = n.cmd.Process.Kill()
	_ = n.cmd.Wait()
	n.cmd = nil
}
