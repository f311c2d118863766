// SPDX-License-Identifier: Apache-2.0

// Package process starts a provider the way the gateway does, and watches it end.
package process

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"syscall"
	"time"

	"google.golang.org/grpc"

	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/dial"
)

// mostOutput is how many bytes of a program's output are kept.
const mostOutput = 32 << 20

// How says in which circumstances a program is started.
type How struct {
	// Supervised sets MCP_GATEWAY_SUPERVISED=1.
	Supervised bool
	// StaleSocket leaves the socket file of a process that is gone where the program is to listen.
	StaleSocket bool
}

// Program is a provider that runs. Safe for concurrent use.
type Program struct {
	// Socket is the file at which it is to listen.
	Socket string

	command *exec.Cmd
	input   io.Closer
	folder  string
	started time.Time
	output  output
	ended   chan struct{} // closed once it has
}

// Start starts the program on a socket in a folder of its own. Kill ends it in any case and removes the folder.
func Start(command []string, how How) (*Program, error) {
	folder, err := os.MkdirTemp("", "judge")
	if err != nil {
		return nil, err
	}
	p := &Program{Socket: filepath.Join(folder, "s"), folder: folder, ended: make(chan struct{})}
	if how.StaleSocket {
		if err := leaveSocket(p.Socket); err != nil {
			os.RemoveAll(folder)
			return nil, err
		}
	}
	p.command = exec.Command(command[0], command[1:]...)
	p.command.Env = environment("LISTEN=unix:" + p.Socket)
	if how.Supervised {
		p.command.Env = append(p.command.Env, "MCP_GATEWAY_SUPERVISED=1")
	}
	p.command.Stdout, p.command.Stderr = &p.output, &p.output
	p.command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that its descendants can be ended with it
	p.command.WaitDelay = time.Second                           // for descendants that hold its output
	if p.input, err = p.command.StdinPipe(); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	p.started = time.Now()
	if err := p.command.Start(); err != nil {
		os.RemoveAll(folder)
		return nil, err
	}
	go func() {
		_ = p.command.Wait()
		close(p.ended)
	}()
	return p, nil
}

// environment is what the gateway passes on.
func environment(more ...string) []string {
	var passed []string
	for _, name := range []string{"PATH", "HOME", "LANG"} {
		if value, set := os.LookupEnv(name); set {
			passed = append(passed, name+"="+value)
		}
	}
	return slices.Concat(passed, more)
}

func leaveSocket(path string) error {
	listener, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		return err
	}
	listener.SetUnlinkOnClose(false)
	return listener.Close()
}

// AwaitListening returns how long the program took until it accepted connections.
func (p *Program) AwaitListening(patience time.Duration) (time.Duration, error) {
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	for {
		if connection, err := net.Dial("unix", p.Socket); err == nil {
			connection.Close()
			return time.Since(p.started), nil
		}
		select {
		case <-p.ended:
			return 0, fmt.Errorf("it ended with %s; the last it said: %q", p.command.ProcessState, p.output.last())
		case <-deadline.C:
			return 0, fmt.Errorf("it does not accept connections at unix:%s after %v; the last it said: %q", p.Socket, patience, p.output.last())
		case <-tick.C:
		}
	}
}

// Connect returns a connection to it.
func (p *Program) Connect(options ...grpc.DialOption) (*grpc.ClientConn, error) {
	return dial.Target{Address: "unix:" + p.Socket}.Connect(options...)
}

// Output is what it has written so far, to both outputs.
func (p *Program) Output() (string, error) { return p.output.String(), nil }

// CloseInput ends its standard input.
func (p *Program) CloseInput() { p.input.Close() }

// Terminate sends it SIGTERM.
func (p *Program) Terminate() { _ = p.command.Process.Signal(syscall.SIGTERM) }

// AwaitEnd returns its exit code, -1 for a signal; ended is false where it still runs after that long.
func (p *Program) AwaitEnd(patience time.Duration) (code int, ended bool) {
	late := time.NewTimer(patience)
	defer late.Stop()
	select {
	case <-p.ended:
	case <-late.C:
		return 0, false
	}
	return p.command.ProcessState.ExitCode(), true
}

// Kill ends it and its descendants, and removes its folder.
func (p *Program) Kill() {
	p.input.Close()
	_ = syscall.Kill(-p.command.Process.Pid, syscall.SIGKILL)
	<-p.ended
	os.RemoveAll(p.folder)
}

type output struct {
	mu   sync.Mutex
	kept bytes.Buffer
}

func (o *output) Write(text []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.kept.Write(text[:min(len(text), mostOutput-o.kept.Len())])
	return len(text), nil
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.kept.String()
}

func (o *output) last() string {
	text := o.String()
	return text[max(0, len(text)-200):]
}
