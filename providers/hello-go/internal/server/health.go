// SPDX-License-Identifier: Apache-2.0

package server

import (
	"context"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/health"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// watchedHealth is the library's health service, but it ends a watch once it has said NOT_SERVING there, which this provider says only
// when it stops. The library's watches go on, and an orderly stop would wait for them in vain.
type watchedHealth struct{ *health.Server }

func newHealth() watchedHealth { return watchedHealth{health.NewServer()} }

func (h watchedHealth) Watch(request *healthpb.HealthCheckRequest, stream grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	ctx, end := context.WithCancel(stream.Context())
	defer end()
	err := h.Server.Watch(request, &endingWatch{ServerStreamingServer: stream, ctx: ctx, end: end})
	if ctx.Err() != nil && stream.Context().Err() == nil {
		return status.Error(codes.Unavailable, "the provider stops")
	}
	return err
}

type endingWatch struct {
	grpc.ServerStreamingServer[healthpb.HealthCheckResponse]
	ctx context.Context
	end context.CancelFunc
}

func (w *endingWatch) Context() context.Context { return w.ctx }

func (w *endingWatch) Send(response *healthpb.HealthCheckResponse) error {
	err := w.ServerStreamingServer.Send(response)
	if response.GetStatus() == healthpb.HealthCheckResponse_NOT_SERVING {
		w.end()
	}
	return err
}
