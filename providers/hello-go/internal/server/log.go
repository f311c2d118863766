// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"
	"io"
	"log/slog"
	"strings"
	"time"
	"unicode"

	"google.golang.org/grpc"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
)

const correlationID = "x-correlation-id"

// NewLog returns a logger that writes one JSON object per line, with the field names that the gateway uses.
func NewLog(out io.Writer) *slog.Logger {
	names := map[string]string{slog.TimeKey: "timestamp", slog.MessageKey: "message"}
	return slog.New(slog.NewJSONHandler(out, &slog.HandlerOptions{
		ReplaceAttr: func(_ []string, field slog.Attr) slog.Attr {
			if field.Key == slog.TimeKey {
				field.Value = slog.TimeValue(field.Value.Time().UTC())
			}
			if name, renamed := names[field.Key]; renamed {
				field.Key = name
			}
			return field
		},
	})).With("logger", "hello-go")
}

// logCall writes one line for each call of the contract: who asked, what, how it ended and how long it took. Never a payload.
func logCall(log *slog.Logger) grpc.UnaryServerInterceptor {
	return func(ctx context.Context, request any, call *grpc.UnaryServerInfo, handle grpc.UnaryHandler) (any, error) {
		start := time.Now()
		response, err := handle(ctx, request)
		if method, ours := contractMethod(call.FullMethod); ours {
			logEnd(ctx, log, start, method, err, outcome(request, response)...)
		}
		return response, err
	}
}

func logStream(log *slog.Logger) grpc.StreamServerInterceptor {
	return func(service any, stream grpc.ServerStream, call *grpc.StreamServerInfo, handle grpc.StreamHandler) error {
		start := time.Now()
		err := handle(service, stream)
		if method, ours := contractMethod(call.FullMethod); ours {
			logEnd(stream.Context(), log, start, method, err)
		}
		return err
	}
}

func contractMethod(fullMethod string) (method string, ours bool) {
	return strings.CutPrefix(fullMethod, "/"+providerv1.Provider_ServiceDesc.ServiceName+"/")
}

func outcome(request, response any) []slog.Attr {
	var capability string
	switch request := request.(type) {
	case *providerv1.InvokeRequest:
		capability = request.GetToolName()
	case *providerv1.ReadResourceRequest:
		capability = request.GetUri()
	case *providerv1.GetPromptRequest:
		capability = request.GetName()
	default:
		return nil
	}
	fields := []slog.Attr{slog.String("capability", short(capability))}
	if answer, answered := response.(*providerv1.InvokeResponse); answered && answer.GetIsError() {
		fields = append(fields, slog.Bool("is_error", true))
	}
	return fields
}

func logEnd(ctx context.Context, log *slog.Logger, start time.Time, method string, err error, fields ...slog.Attr) {
	fields = append(fields,
		slog.String("method", method),
		slog.String("code", status.Code(err).String()),
		slog.Float64("duration_ms", float64(time.Since(start).Microseconds())/1000))
	if ids := metadata.ValueFromIncomingContext(ctx, correlationID); len(ids) > 0 {
		fields = append(fields, slog.String("correlation_id", short(ids[0])))
	}
	log.LogAttrs(ctx, slog.LevelInfo, "call ended", fields...)
}

// short makes what a caller chose fit in one line of a log and in a status message: cut, and with a space for each control character.
func short(text string) string {
	const longest = 128 // bytes: the longest name of a capability
	if len(text) > longest {
		text = strings.ToValidUTF8(text[:longest], "") + "…"
	}
	return strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return ' '
		}
		return c
	}, text)
}
