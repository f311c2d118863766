// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"testing"
)

// asProvider, as the first argument, makes the test binary a provider with the fault that the second names. (The environment would not
// do: the judge passes on little of it.)
const asProvider = "as-provider"

var processFaults = []struct{ check, wrong string }{
	{"process.listens", "ends at once"},
	{"process.listens", "listens elsewhere"},
	{"process.socket-is-private", "lets everybody in"},
	{"process.ends-with-input", "outlives its input"},
	{"process.leaves-no-socket", "leaves its socket"},
	{"process.replaces-stale-socket", "gives up at a stale socket"},
	{"process.stops-on-signal", "dies of the signal"},
	{"process.goes-on-by-itself", "always reads its input"},
}

func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == asProvider {
		if err := beProvider(os.Args[2]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

func TestEveryFaultOfAProgramIsFoundByItsOwnCheckAndByNoOther(t *testing.T) {
	for _, fault := range processFaults {
		t.Run(fault.check+": the program "+fault.wrong, func(t *testing.T) {
			t.Parallel()
			results := judged(t, Options{Command: []string{os.Args[0], asProvider, fault.wrong}})
			found := brokenIn(results)
			want := Fail
			if results[fault.check].Should {
				want = Note
			}
			if len(found) != 1 || found[fault.check] != want {
				t.Errorf("found %v: %v", found, results[fault.check])
			}
		})
	}
}

func TestAProgramThatKeepsTheContractPasses(t *testing.T) {
	results := judged(t, Options{Command: []string{os.Args[0], asProvider, "nothing"}, Vectors: vectors(t, rightVectors), Pings: true})
	for id, result := range results {
		if result.Verdict != OK {
			t.Errorf("%s: %s %s %v", id, result.Verdict, result.Remark, result.Broken)
		}
	}
}

func TestAProgramThatIsNotThereIsNamed(t *testing.T) {
	results := judged(t, Options{Command: []string{"/no/such/program"}})
	if found := results["process.listens"]; found.Verdict != Fail || !strings.Contains(found.Broken[0].Seen, "/no/such/program") {
		t.Errorf("found %v", found)
	}
}

// beProvider serves the right provider at LISTEN, but for the fault.
func beProvider(fault string) error {
	signals := []os.Signal{syscall.SIGUSR1}
	if fault != "dies of the signal" {
		signals = append(signals, syscall.SIGTERM)
	}
	ctx, stop := signal.NotifyContext(context.Background(), signals...) // before anybody can see that it listens
	defer stop()
	path, _ := strings.CutPrefix(os.Getenv("LISTEN"), "unix:")
	switch fault {
	case "ends at once":
		return errSpoilt
	case "listens elsewhere":
		path += "-elsewhere"
	}
	if fault != "gives up at a stale socket" {
		os.Remove(path)
	}
	beside := path + "~"
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: beside, Net: "unix"})
	if err != nil {
		return err
	}
	listener.SetUnlinkOnClose(false)
	mode := os.FileMode(0o600)
	if fault == "lets everybody in" {
		mode = 0o666
	}
	_ = os.Chmod(beside, mode)
	if _, err := os.Lstat(path); err == nil {
		return fmt.Errorf("%s exists", path)
	}
	if err := os.Rename(beside, path); err != nil {
		return err
	}

	p := rightProvider()
	line := p.logLine
	p.logLine = func(method, id string, request any) string {
		text := line(method, id, request)
		fmt.Fprint(os.Stderr, text)
		return text
	}
	server := p.server()
	supervised := os.Getenv("MCP_GATEWAY_SUPERVISED") == "1"
	if supervised && fault != "outlives its input" || fault == "always reads its input" {
		go func() {
			_, _ = io.Copy(io.Discard, os.Stdin)
			stop()
		}()
	}
	context.AfterFunc(ctx, server.Stop)
	err = server.Serve(listener)
	if ctx.Err() != nil {
		err = nil
	}
	if fault != "leaves its socket" {
		os.Remove(path)
	}
	return err
}
