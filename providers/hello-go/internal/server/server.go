// SPDX-License-Identifier: Apache-2.0

// Package server serves the demo provider over gRPC.
package server

import (
	"context"
	"log/slog"
	"net"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	providerv1 "github.com/mcp-gateway/mcp-gateway/proto/provider/v1"
	"github.com/mcp-gateway/mcp-gateway/providers/hello-go/internal/capabilities"
)

const (
	// largestMessage is the contract's: a payload of 10 MiB and 64 KiB for what is around it, in bytes.
	largestMessage = 10<<20 + 64<<10

	// flowControlWindow is how many bytes may be under way to us, in one call and in one connection.
	flowControlWindow = 4 << 20

	// pingInterval is how often a client may ask whether the connection is alive. The library's default is 5 minutes.
	pingInterval = 10 * time.Second

	// grace is how long calls in flight may take once the server stops: less than the second after which a gateway loses patience.
	grace = 700 * time.Millisecond
)

// Serve answers calls on listener until ctx ends, then says NOT_SERVING, finishes the calls in flight and closes the listener. Calls
// that take longer than 1.5 s then are cut off.
func Serve(ctx context.Context, listener net.Listener, security credentials.TransportCredentials, version string, log *slog.Logger) error {
	server := grpc.NewServer(
		grpc.Creds(security),
		grpc.MaxRecvMsgSize(largestMessage),
		grpc.MaxSendMsgSize(largestMessage),
		// Fixed: the automatic window pings at every call, which costs both sides a packet.
		grpc.StaticStreamWindowSize(flowControlWindow),
		grpc.StaticConnWindowSize(flowControlWindow),
		grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{MinTime: pingInterval, PermitWithoutStream: true}),
		grpc.UnaryInterceptor(logCall(log)),
		grpc.StreamInterceptor(logStream(log)),
	)
	health := newHealth()
	providerv1.RegisterProviderServer(server, provider{capabilities: capabilities.Of(version)})
	healthpb.RegisterHealthServer(server, health)
	reflection.Register(server)

	stopped := make(chan struct{})
	context.AfterFunc(ctx, func() {
		defer close(stopped)
		health.Shutdown()
		hardStop := time.AfterFunc(grace, server.Stop)
		defer hardStop.Stop()
		server.GracefulStop()
	})
	if err := server.Serve(listener); ctx.Err() == nil {
		return err
	}
	<-stopped
	return nil
}
