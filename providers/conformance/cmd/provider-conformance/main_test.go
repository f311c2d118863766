// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bytes"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/vector"
)

func TestTheJudgePassesHelloGoWithEveryVector(t *testing.T) {
	arguments := append([]string{"--vectors"}, allVectors(t)...)
	code, report, complaints := asked(t, append(arguments, "--command", helloGo(t))...)
	if code != conforms || complaints != "" || strings.Contains(report, "\nFAIL") {
		t.Errorf("exit code %d, %s\n%s", code, complaints, report)
	}
	lines := strings.Split(strings.TrimSpace(report), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, " 0 FAIL, 0 note, ") {
		t.Errorf("%s\n%s", last, report)
	}
}

func TestTheJudgePassesHelloGoThatRunsAlreadyAndReadsItsLog(t *testing.T) {
	folder := t.TempDir()
	address := "unix:" + filepath.Join(folder, "s")
	log, err := os.Create(filepath.Join(folder, "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	program := exec.Command(helloGo(t), "--listen", address)
	program.Stderr = log
	if err := program.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = program.Process.Kill()
		_ = program.Wait()
	})
	awaitFile(t, filepath.Join(folder, "s"))
	code, report, _ := asked(t, "--json", "--log", log.Name(), "--address", address)
	var document struct {
		Checks []struct{ ID, Verdict string }
		Counts struct{ Checks, Failed int }
	}
	if err := json.Unmarshal([]byte(report), &document); err != nil {
		t.Fatalf("%v: %s", err, report)
	}
	read := slices.ContainsFunc(document.Checks, func(c struct{ ID, Verdict string }) bool {
		return c.ID == "log.correlation-id" && c.Verdict == "ok"
	})
	if code != conforms || document.Counts.Failed != 0 || document.Counts.Checks != len(document.Checks) || !read {
		t.Errorf("exit code %d: %s", code, report)
	}
}

func TestAFailureSaysWhatWasSentWhatWasSeenWhatTheContractSaysAndWhatToDo(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	server := grpc.NewServer()
	providerv1.RegisterProviderServer(server, providerv1.UnimplementedProviderServer{})
	go func() { _ = server.Serve(listener) }()
	t.Cleanup(server.Stop)
	code, report, _ := asked(t, "--address", listener.Addr().String())
	want := `FAIL  list         ListCapabilities is answered
        sent      ListCapabilities
        seen      UNIMPLEMENTED "method ListCapabilities not implemented"
        contract  capabilities, possibly none: OK. proto/README.md, "ListCapabilities"
        do        implement ListCapabilities of the service provider.v1.Provider; all strings are UTF-8
        check     list.answers
`
	if code != fails || !strings.Contains(report, want) {
		t.Errorf("exit code %d: %s", code, report)
	}
}

func TestAWrongCommandLineIsRefusedBeforeAnythingIsAsked(t *testing.T) {
	for _, c := range []struct {
		arguments []string
		reason    string
	}{
		{nil, "one of --address and --command"},
		{[]string{"--address", "x:1", "--command", "y"}, "one of --address and --command"},
		{[]string{"--adress", "x:1"}, "-adress"},
		{[]string{"--address", "x:1", "more"}, "unexpected argument: more"},
		{[]string{"--address", "x:1", "--vectors", "/no/such/file"}, "/no/such/file"},
		{[]string{"--address", "x:1", "--log", "/no/such/file"}, "/no/such/file"},
		{[]string{"--address", "x:1", "--tls-cert", "/no/such/file"}, "a key"},
		{[]string{"--address", "x:1", "--tls-ca", os.Args[0]}, "no certificate"},
	} {
		code, report, complaints := asked(t, c.arguments...)
		if code != misused || report != "" || !strings.Contains(complaints, c.reason) {
			t.Errorf("%q: exit code %d, %s%s", c.arguments, code, complaints, report)
		}
	}
}

func TestWhatFollowsCommandIsTheProgramsOwn(t *testing.T) {
	for _, arguments := range [][]string{
		{"--json", "--command", "program", "--listen", "x", "--command"},
		{"--json", "--", "program", "--listen", "x", "--command"},
	} {
		wish, err := parse(arguments, os.Stderr)
		if err != nil || !slices.Equal(wish.command, []string{"program", "--listen", "x", "--command"}) || !wish.asDoc {
			t.Errorf("%q is read as %+v, %v", arguments, wish, err)
		}
	}
}

func TestSeveralFilesOfVectorsMayFollowOneOption(t *testing.T) {
	wish, err := parse([]string{"--vectors", "a", "b", "--address", "x:1", "--vectors", "c"}, os.Stderr)
	if err != nil || !slices.Equal(wish.vectors, []string{"a", "b", "c"}) || wish.target.Address != "x:1" {
		t.Errorf("%+v, %v", wish, err)
	}
}

func TestThereAreManyVectorsAndEachHasANameOfItsOwn(t *testing.T) {
	count, names := 0, map[string]bool{}
	for _, path := range allVectors(t) {
		file, err := vector.Read(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range file.Vectors {
			count++
			if key := file.Name + v.Name; names[key] {
				t.Errorf("%s: %q is there twice", path, v.Name)
			} else {
				names[key] = true
			}
		}
	}
	if count < 200 {
		t.Errorf("there are %d vectors", count)
	}
}

func asked(t *testing.T, arguments ...string) (code int, report, complaints string) {
	t.Helper()
	var out, err bytes.Buffer
	code = run(t.Context(), arguments, &out, &err)
	return code, out.String(), err.String()
}

func allVectors(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("../../../../schemas/vectors/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are none: %v", err)
	}
	return files
}

// helloGo is built here, so that the test does not depend on what was built before it.
func helloGo(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "hello-go")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", path, "./cmd/server")
	build.Dir = "../../../hello-go"
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	return path
}

func awaitFile(t *testing.T, path string) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for {
		if _, err := os.Stat(path); err == nil {
			return
		}
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("%s does not appear", path)
		}
	}
}
