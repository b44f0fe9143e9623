package interop

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"testing"
	"time"
)

// node runs the scenarios of all tests, one at a time.
var node scenarioRunner

func TestMain(m *testing.M) {
	code := m.Run()
	node.stop()
	os.Exit(code)
}

// A scenarioRunner is a process that runs scenarios/runner.mjs. It is started when it is needed, and anew after a
// failure, which might have left something behind.
type scenarioRunner struct {
	cmd     *exec.Cmd // nil: not running
	jobs    io.WriteCloser
	results *bufio.Reader
}

// A job is what runner.mjs reads.
type job struct {
	Scenario   string   `json:"scenario"` // file.function
	URL        string   `json:"url"`
	Transports []string `json:"transports"`
	Parser     string   `json:"parser,omitempty"`
	Args       any      `json:"args,omitempty"`
}

// jobTimeout is how long a scenario may take. It is longer than runner.mjs's own limit, whose reports are better.
const jobTimeout = 40 * time.Second

// run runs a scenario, which fails the test if it fails, and stores its result.
func (n *scenarioRunner) run(t *testing.T, j job, result any) {
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
		n.stop()
	}
	switch {
	case err != nil:
		t.Fatalf("scenario %s: %v", j.Scenario, err)
	case answer.Error != "":
		t.Fatalf("scenario %s: %s", j.Scenario, answer.Error)
	}
}

// ask gives node a job and waits for the answer.
func (n *scenarioRunner) ask(j job, answer any) error {
	line, err := json.Marshal(j)
	if err != nil {
		return err
	}
	if _, err := n.jobs.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("node has ended: %w", err)
	}
	watchdog := time.AfterFunc(jobTimeout, func() { n.cmd.Process.Kill() })
	defer watchdog.Stop()
	line, err = n.results.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("node crashed, or was stopped after %v: %w", jobTimeout, err)
	}
	return json.Unmarshal(line, answer)
}

func (n *scenarioRunner) start(t *testing.T) {
	t.Helper()
	path, err := exec.LookPath("node")
	if err != nil {
		t.Fatal("these tests need Node.js: install it, then run `make test`, which installs the packages from npm")
	}
	if _, err := os.Stat("node_modules/socket.io-client"); err != nil {
		t.Fatal("the packages from npm are missing: run `make test`, or `npm ci` in internal/interop")
	}
	if _, err := os.ReadDir("scenarios"); err != nil { // and so `go test` sees when they change, and its cache is void
		t.Fatal(err)
	}
	cmd := exec.Command(path, "scenarios/runner.mjs")
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

// stop ends the process. runner.mjs exits at the end of its input, so it also ends if the tests crash.
func (n *scenarioRunner) stop() {
	if n.cmd == nil {
		return
	}
	n.jobs.Close()
	n.cmd.Process.Kill()
	n.cmd.Wait()
	n.cmd = nil
}
