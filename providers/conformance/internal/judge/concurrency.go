// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/emptypb"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

const (
	callsAtOnce       = 64
	connectionsAtOnce = 15
)

var concurrencyChecks = []Check{{
	ID:       "concurrency.calls",
	Sentence: "64 calls at once on one connection are answered, each with its own answer",
	Section:  "Connection",
	Rule:     "a provider MUST accept concurrent connections and concurrent calls",
	Remedy:   "keep nothing of one call where another finds it; permit at least 100 streams on a connection",
	examine: func(t *trial, f *finding) {
		tool := t.echoing()
		if tool == nil {
			f.say("no tool returns a text that it is given, so that answers are told apart by their codes only")
		}
		atOnce(f, callsAtOnce, func(i int) (sent, broken string) {
			if tool == nil || i%4 == 0 {
				name := fmt.Sprintf("%s-%d", noSuchName, i)
				_, err := t.invoke(name, []byte("{}"))
				if code := status.Code(err); code != codes.NotFound && (code != codes.Unimplemented || len(t.tools) > 0) {
					return invocation(name, []byte("{}")), short(err)
				}
				return "", ""
			}
			own := fmt.Sprintf("%s-number-%d-", t.secret, i)
			response, err := t.invoke(tool.GetName(), tool.with(own))
			if result := response.GetResult().GetValue(); err != nil || !strings.Contains(string(result), own) {
				return invocation(tool.GetName(), tool.with(own)), fmt.Sprintf("%s, result %s", short(err), show(result))
			}
			return "", ""
		})
	},
}, {
	ID:       "concurrency.connections",
	Sentence: "15 connections at once are served",
	Section:  "Connection",
	Rule:     "the gateway opens up to 15 connections (1 to 100 by configuration); a provider MUST accept concurrent connections",
	Remedy:   "raise the limit on connections",
	examine: func(t *trial, f *finding) {
		var connections sync.Map
		defer connections.Range(func(_, connection any) bool {
			connection.(*grpc.ClientConn).Close()
			return true
		})
		atOnce(f, connectionsAtOnce, func(i int) (sent, broken string) {
			connection, err := t.connect()
			if err != nil {
				return fmt.Sprintf("connection %d", i+1), err.Error()
			}
			connections.Store(i, connection)
			if _, err := t.list(connection); err != nil {
				return fmt.Sprintf("ListCapabilities on connection %d", i+1), short(err)
			}
			return "", ""
		})
	},
}}

// atOnce does something so many times at the same time.
func atOnce(f *finding, times int, do func(i int) (sent, broken string)) {
	var all sync.WaitGroup
	var mu sync.Mutex
	for i := range times {
		all.Go(func() {
			if sent, broken := do(i); broken != "" {
				mu.Lock()
				defer mu.Unlock()
				f.broken(sent, "%s", broken)
			}
		})
	}
	all.Wait()
}

var deadlineChecks = []Check{{
	ID:       "deadlines.expired",
	Sentence: "calls whose deadline passes leave the provider free",
	Section:  "Deadlines and cancellation",
	Rule:     "when the deadline passes, the gateway cancels the RPC; a provider SHOULD stop its work then. It MUST accept concurrent calls",
	Remedy:   "give back what the call holds, locks and workers, when its context ends",
	examine: func(t *trial, f *finding) {
		t.abandon(f, "64 calls with deadlines of 1 to 4 ms", func(i int) (context.Context, context.CancelFunc) {
			return context.WithTimeout(t.ctx, time.Duration(1+i%4)*time.Millisecond)
		})
	},
}, {
	ID:       "deadlines.cancelled",
	Sentence: "calls and streams that are cancelled leave the provider free",
	Section:  "Deadlines and cancellation",
	Rule:     "when the client cancels, the gateway cancels the RPC; a provider SHOULD stop its work then. It MUST accept concurrent calls",
	Remedy:   "give back what the call holds, locks and workers, when its context ends",
	examine: func(t *trial, f *finding) {
		atOnce(&finding{}, callsAtOnce/4, func(int) (string, string) {
			_, _ = t.stream(t.options.Patience.Linger / 10)
			return "", ""
		})
		t.abandon(f, "16 streams and 64 calls, cancelled", func(i int) (context.Context, context.CancelFunc) {
			ctx, cancel := context.WithCancel(t.ctx)
			time.AfterFunc(time.Duration(i)*100*time.Microsecond, cancel)
			return ctx, cancel
		})
	},
}}

// abandon makes calls of which nobody awaits the answer, and sees whether one that somebody awaits is answered then.
func (t *trial) abandon(f *finding, sent string, contextOf func(i int) (context.Context, context.CancelFunc)) {
	client := providerv1.NewProviderClient(t.connection)
	tools := t.callable()
	atOnce(&finding{}, callsAtOnce, func(i int) (string, string) {
		ctx, cancel := contextOf(i)
		defer cancel()
		if len(tools) > 0 && i%2 == 0 {
			tool := tools[i/2%len(tools)]
			_, _ = client.Invoke(ctx, &providerv1.InvokeRequest{ToolName: tool.GetName(), Payload: text(tool.sample)})
		} else {
			_, _ = client.ListCapabilities(ctx, &emptypb.Empty{})
		}
		return "", ""
	})
	if _, err := t.list(t.connection); err != nil {
		f.broken(sent+", then ListCapabilities", "%s", short(err))
		return
	}
	if _, err := t.invoke(noSuchName, []byte("{}")); status.Code(err) != codes.NotFound && status.Code(err) != codes.Unimplemented {
		f.broken(sent+", then Invoke", "%s", short(err))
	}
}
