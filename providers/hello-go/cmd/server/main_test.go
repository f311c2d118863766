// SPDX-License-Identifier: Apache-2.0

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

const asProgram = "HELLO_GO_TEST_AS_PROGRAM"

// TestMain makes the test binary the program itself, so that the tests drive a real process without building one.
func TestMain(m *testing.M) {
	if os.Getenv(asProgram) == "1" {
		main()
		return
	}
	os.Exit(m.Run())
}

func TestASignalStopsTheProgramInOrder(t *testing.T) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		t.Run(signal.String(), func(t *testing.T) {
			socket := filepath.Join(t.TempDir(), "s")
			program := start(t, []string{"LISTEN=unix:" + socket})
			program.mustSumTo6("unix:" + socket)
			if err := program.Process.Signal(signal); err != nil {
				t.Fatal(err)
			}
			program.mustExitWith(0)
			if _, err := os.Lstat(socket); !os.IsNotExist(err) {
				t.Errorf("the socket is left: %v", err)
			}
		})
	}
}

func TestASupervisedProgramEndsWithItsInput(t *testing.T) {
	program := start(t, []string{"MCP_GATEWAY_SUPERVISED=1", "LISTEN=127.0.0.1:0"})
	program.mustSumTo6(program.address)
	program.input.Close()
	program.mustExitWith(0)
}

func TestAProgramOfItsOwnDoesNotCareAboutItsInput(t *testing.T) {
	program := start(t, []string{"MCP_GATEWAY_SUPERVISED=0", "LISTEN=127.0.0.1:0"})
	program.input.Close()
	program.mustSumTo6(program.address)
}

func TestTheOptionBeatsTheEnvironment(t *testing.T) {
	program := start(t, []string{"LISTEN=unix:/no/such/folder/s"}, "--listen", "127.0.0.1:0")
	program.mustSumTo6(program.address)
}

func TestWhoeverReadsTheLogMayGoFirst(t *testing.T) {
	program := start(t, []string{"MCP_GATEWAY_SUPERVISED=1", "LISTEN=127.0.0.1:0"})
	program.log.Close()
	program.mustSumTo6(program.address)
	program.input.Close()
	program.mustExitWith(0)
}

func TestAnAddressThatCannotBeHadEndsTheProgram(t *testing.T) {
	program := exec.Command(os.Args[0], "--listen", "nope")
	program.Env = append(os.Environ(), asProgram+"=1")
	output, err := program.CombinedOutput()
	var line map[string]any
	if program.ProcessState.ExitCode() != 1 || json.Unmarshal(output, &line) != nil || line["address"] != "nope" || line["error"] == "" {
		t.Errorf("exit with %v and %s", err, output)
	}
}

func TestHalfOfWhatTLSNeedsIsRefused(t *testing.T) {
	for _, refused := range []struct {
		arguments []string
		why       string
	}{
		{[]string{"--tls-cert", "c"}, "--tls-cert and --tls-key belong together"},
		{[]string{"--tls-key", "k"}, "--tls-cert and --tls-key belong together"},
		{[]string{"--tls-key", "k", "--tls-client-ca", "a"}, "--tls-cert and --tls-key belong together"},
		{[]string{"--tls-client-ca", "a"}, "--tls-client-ca needs --tls-cert and --tls-key"},
		{[]string{"--tls-cert", "", "--tls-key", ""}, "no file is named"},
	} {
		program := exec.Command(os.Args[0], refused.arguments...)
		program.Env = append(os.Environ(), asProgram+"=1")
		output, _ := program.CombinedOutput()
		if program.ProcessState.ExitCode() != 2 || !strings.Contains(string(output), refused.why) {
			t.Errorf("%v: exit with %d and %s", refused.arguments, program.ProcessState.ExitCode(), output)
		}
	}
}

func TestFilesThatAreNotThereEndTheProgram(t *testing.T) {
	program := exec.Command(os.Args[0], "--listen", "127.0.0.1:0", "--tls-cert", "/no/cert.pem", "--tls-key", "/no/key.pem")
	program.Env = append(os.Environ(), asProgram+"=1")
	output, _ := program.CombinedOutput()
	if program.ProcessState.ExitCode() != 1 || !strings.Contains(string(output), "/no/cert.pem") {
		t.Errorf("exit with %d and %s", program.ProcessState.ExitCode(), output)
	}
}

type program struct {
	*exec.Cmd
	t       *testing.T
	input   io.Closer
	log     io.Closer
	address string
}

// start returns when the program says that it listens.
func start(t *testing.T, environment []string, arguments ...string) program {
	t.Helper()
	command := exec.Command(os.Args[0], arguments...)
	command.Env = slices.Concat(os.Environ(), []string{asProgram + "=1"}, environment)
	input, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	log, err := command.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Process.Kill()
		_ = command.Wait()
	})
	line, err := bufio.NewReader(log).ReadBytes('\n')
	if err != nil {
		t.Fatal(err)
	}
	var listening struct{ Message, Address string }
	if err := json.Unmarshal(line, &listening); err != nil || listening.Message != "listening" {
		t.Fatalf("the first line is %s", line)
	}
	return program{command, t, input, log, listening.Address}
}

func (p program) mustSumTo6(address string) {
	p.t.Helper()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		p.t.Fatal(err)
	}
	defer connection.Close()
	ctx, cancel := context.WithTimeout(p.t.Context(), 10*time.Second)
	defer cancel()
	request := &providerv1.InvokeRequest{ToolName: "sum.v1", Payload: &providerv1.Json{Value: []byte(`{"numbers":[1,2,3]}`)}}
	response, err := providerv1.NewProviderClient(connection).Invoke(ctx, request)
	if err != nil || string(response.GetResult().GetValue()) != `{"sum":6}` {
		p.t.Fatalf("got %v, %v", response, err)
	}
}

func (p program) mustExitWith(code int) {
	p.t.Helper()
	timer := time.AfterFunc(10*time.Second, func() { _ = p.Process.Kill() })
	defer timer.Stop()
	_ = p.Wait()
	if got := p.ProcessState.ExitCode(); got != code {
		p.t.Errorf("exit code %d, want %d", got, code)
	}
}
