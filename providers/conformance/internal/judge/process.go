// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"os"
	"time"

	"github.com/mcp-gateway/mcp-gateway/providers/conformance/internal/process"
)

// How long the gateway waits after the end of input before it sends SIGTERM, and after that before it sends SIGKILL.
const (
	inputGrace = time.Second
	termGrace  = 600 * time.Millisecond
)

var startChecks = []Check{{
	ID:       "process.listens",
	Sentence: "the program listens at LISTEN",
	Section:  "The process",
	Rule:     "a provider that the gateway starts MUST listen at LISTEN, here unix:/absolute/path",
	Remedy:   "read the environment variable LISTEN, of both forms, unix:PATH and HOST:PORT",
	examine: func(t *trial, f *finding) {
		if t.options.Command == nil {
			f.skip("the judge did not start it: --command")
			return
		}
		program, err := process.Start(t.options.Command, process.How{Supervised: true})
		if err != nil {
			f.broken("LISTEN=unix:…", "the program cannot be started: %v", err)
			return
		}
		took, err := program.AwaitListening(t.options.Patience.Start)
		if err != nil {
			program.Kill()
			f.broken("LISTEN=unix:"+program.Socket, "%v", err)
			return
		}
		t.program = program
		f.say("after %v", took.Round(time.Millisecond))
		if took > gatewayDefault {
			f.note("after %v; the first list waits for 2.5 s at most", took.Round(time.Millisecond))
		}
	},
}, {
	ID:       "process.socket-is-private",
	Sentence: "the socket is for its owner alone",
	Section:  "The process",
	Rule:     "at a Unix socket it SHOULD give the new one mode 0600",
	Remedy:   "set the mode beside the path, then rename, so that nobody meets it half made",
	Should:   true,
	examine: func(t *trial, f *finding) {
		if t.program == nil {
			f.skip("the judge did not start it: --command")
			return
		}
		file, err := os.Stat(t.program.Socket)
		if err != nil {
			f.broken("LISTEN=unix:"+t.program.Socket, "%v", err)
		} else if file.Mode().Perm()&0o077 != 0 {
			f.broken("LISTEN=unix:"+t.program.Socket, "%v", file.Mode())
		}
	},
}}

var endChecks = []Check{{
	ID:       "process.ends-with-input",
	Sentence: "a supervised program ends when its input ends",
	Section:  "The process",
	Rule:     "with MCP_GATEWAY_SUPERVISED=1 it MUST end when its standard input ends, so that it cannot outlive a gateway that was killed",
	Remedy:   "read standard input on a thread of its own and stop in order at its end",
	examine: func(t *trial, f *finding) {
		if t.program == nil {
			f.skip("the judge did not start it: --command")
			return
		}
		start := time.Now()
		t.program.CloseInput()
		_, ended := t.program.AwaitEnd(t.options.Patience.End)
		if took := time.Since(start); !ended {
			f.broken("the end of standard input", "it still runs %v later", t.options.Patience.End)
		} else if took > inputGrace {
			f.note("after %v; the gateway sends SIGTERM after 1 s", took.Round(time.Millisecond))
		}
	},
}, {
	ID:       "process.leaves-no-socket",
	Sentence: "a program that has ended leaves no socket file",
	Section:  "The process",
	Rule:     "it SHOULD remove it at the end",
	Remedy:   "remove the file when you stop listening",
	Should:   true,
	examine: func(t *trial, f *finding) {
		if t.program == nil {
			f.skip("the judge did not start it: --command")
			return
		}
		if _, ended := t.program.AwaitEnd(time.Millisecond); !ended {
			f.skip("it has not ended")
		} else if _, err := os.Lstat(t.program.Socket); err == nil {
			f.broken("the end of standard input", "the file %s", t.program.Socket)
		}
	},
}, {
	ID:       "process.replaces-stale-socket",
	Sentence: "a socket file that a dead process has left is replaced",
	Section:  "The process",
	Rule:     "at a Unix socket it MUST replace a stale socket file",
	Remedy:   "remove the file before you bind, where nobody answers at it",
	examine: func(t *trial, f *finding) {
		t.once(f, process.How{Supervised: true, StaleSocket: true}, func(program *process.Program, err error) {
			if err != nil {
				f.broken("LISTEN=unix:PATH, with a stale socket file at PATH", "%v", err)
			}
		})
	},
}, {
	ID:       "process.stops-on-signal",
	Sentence: "SIGTERM ends it with code 0",
	Section:  "The process",
	Rule:     "on SIGTERM and SIGINT it SHOULD stop accepting calls, finish those in flight, and exit with code 0 within 0.6 s",
	Remedy:   "handle the signal, from before you listen: stop the server in order, then exit",
	Should:   true,
	examine: func(t *trial, f *finding) {
		t.once(f, process.How{Supervised: true}, func(program *process.Program, err error) {
			if err != nil {
				f.skip("it did not start once more: %v", err)
				return
			}
			start := time.Now()
			program.Terminate()
			code, ended := program.AwaitEnd(t.options.Patience.End)
			if took := time.Since(start); !ended {
				f.broken("SIGTERM", "it still runs %v later", t.options.Patience.End)
			} else if code != 0 {
				f.broken("SIGTERM", "exit code %d", code)
			} else if took > termGrace {
				f.note("after %v; the gateway sends SIGKILL after 0.6 s", took.Round(time.Millisecond))
			}
		})
	},
}, {
	ID:       "process.goes-on-by-itself",
	Sentence: "a program that nobody supervises does not end with its input",
	Section:  "The process",
	Rule:     "without MCP_GATEWAY_SUPERVISED=1 it MUST NOT read standard input",
	Remedy:   "look at the variable first: under a service manager the input has ended from the start",
	examine: func(t *trial, f *finding) {
		t.once(f, process.How{}, func(program *process.Program, err error) {
			if err != nil {
				f.broken("no MCP_GATEWAY_SUPERVISED", "%v", err)
				return
			}
			program.CloseInput()
			if code, ended := program.AwaitEnd(t.options.Patience.Linger); ended {
				f.broken("no MCP_GATEWAY_SUPERVISED, then the end of standard input", "it ended with code %d", code)
			}
		})
	},
}}

// once starts the program again, in other circumstances, and ends it after.
func (t *trial) once(f *finding, how process.How, examine func(program *process.Program, err error)) {
	if t.program == nil {
		f.skip("the judge did not start it: --command")
		return
	}
	program, err := process.Start(t.options.Command, how)
	if err != nil {
		f.broken("the program, once more", "%v", err)
		return
	}
	defer program.Kill()
	_, err = program.AwaitListening(t.options.Patience.Start)
	examine(program, err)
}
