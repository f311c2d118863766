// SPDX-License-Identifier: Apache-2.0

package judge

import (
	"context"
	"slices"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/connectivity"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	reflectionalphapb "google.golang.org/grpc/reflection/grpc_reflection_v1alpha"
	"google.golang.org/grpc/status"
)

const noHealth = "there is no health service: its connection is its health. With one, it can leave the lists before it stops"

var healthChecks = []Check{{
	ID:       "health.check",
	Sentence: "Health.Check of the empty service is SERVING",
	Section:  "Health",
	Rule:     "a provider MUST serve grpc.health.v1.Health for the empty service name; without it (UNIMPLEMENTED) it is used all the same",
	Remedy:   "set the status of the service \"\" to SERVING from the moment you listen",
	examine: func(t *trial, f *finding) {
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Call)
		defer cancel()
		response, err := healthpb.NewHealthClient(t.connection).Check(ctx, &healthpb.HealthCheckRequest{})
		judgeHealth(f, "Health.Check of \"\"", response, err)
	},
}, {
	ID:       "health.watch",
	Sentence: "Health.Watch of the empty service begins with SERVING",
	Section:  "Health",
	Rule:     "both Check and Watch, for the empty service name, from the moment it listens",
	Remedy:   "send the present status at once, then every change of it",
	examine: func(t *trial, f *finding) {
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Call)
		defer cancel()
		watch, err := healthpb.NewHealthClient(t.connection).Watch(ctx, &healthpb.HealthCheckRequest{})
		if err != nil {
			judgeHealth(f, "Health.Watch of \"\"", nil, err)
			return
		}
		response, err := watch.Recv()
		judgeHealth(f, "Health.Watch of \"\"", response, err)
	},
}}

func judgeHealth(f *finding, sent string, response *healthpb.HealthCheckResponse, err error) {
	switch {
	case status.Code(err) == codes.Unimplemented:
		f.note(noHealth)
	case err != nil:
		f.broken(sent, "%s", short(err))
	case response.GetStatus() != healthpb.HealthCheckResponse_SERVING:
		f.broken(sent, "%s", response.GetStatus())
	}
}

var reflectionChecks = []Check{{
	ID:       "reflection.lists",
	Sentence: "server reflection names provider.v1.Provider",
	Section:  "Reflection",
	Rule:     "a provider MUST serve gRPC server reflection. The gateway does not need it; people and tools do",
	Remedy:   "register the reflection service that comes with your gRPC library",
	Should:   true, // nothing fails without it
	examine: func(t *trial, f *finding) {
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Call)
		defer cancel()
		names, err := reflected(ctx, t.connection)
		if status.Code(err) == codes.Unimplemented {
			names, err = reflectedAlpha(ctx, t.connection)
		}
		switch {
		case err != nil:
			f.broken("ServerReflectionInfo list_services", "%s", short(err))
		case !slices.Contains(names, "provider.v1.Provider"):
			f.broken("ServerReflectionInfo list_services", "%q", names)
		}
	},
}}

func reflected(ctx context.Context, connection *grpc.ClientConn) (names []string, err error) {
	stream, err := reflectionpb.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, err
	}
	_ = stream.Send(&reflectionpb.ServerReflectionRequest{MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{}})
	response, err := stream.Recv() // says what was wrong with sending, too
	for _, service := range response.GetListServicesResponse().GetService() {
		names = append(names, service.GetName())
	}
	return names, err
}

// reflectedAlpha asks the service that came before v1, which some libraries still serve alone.
func reflectedAlpha(ctx context.Context, connection *grpc.ClientConn) (names []string, err error) {
	stream, err := reflectionalphapb.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, err
	}
	_ = stream.Send(&reflectionalphapb.ServerReflectionRequest{MessageRequest: &reflectionalphapb.ServerReflectionRequest_ListServices{}})
	response, err := stream.Recv()
	for _, service := range response.GetListServicesResponse().GetService() {
		names = append(names, service.GetName())
	}
	return names, err
}

var pingChecks = []Check{{
	ID:       "pings.permitted",
	Sentence: "an idle connection that is pinged every 10 s stays open",
	Section:  "Connection",
	Rule:     "a provider SHOULD permit HTTP/2 pings every 10 s, also while no call is running",
	Remedy:   "lower the least interval between pings and permit them without calls; some libraries close the connection at the third",
	Should:   true,
	examine: func(t *trial, f *finding) {
		if !t.options.Pings {
			f.skip("it takes %v: --pings", t.options.Patience.Pings)
			return
		}
		connection, err := t.connect(grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 10 * time.Second, PermitWithoutStream: true}))
		if err != nil {
			f.broken("a connection", "%s", err)
			return
		}
		defer connection.Close()
		ctx, cancel := context.WithTimeout(t.ctx, t.options.Patience.Pings)
		defer cancel()
		start := time.Now()
		if connection.WaitForStateChange(ctx, connectivity.Ready) {
			f.broken("a connection without calls, pinged every 10 s", "the provider closed it after %v", time.Since(start).Round(time.Millisecond))
		}
	},
}}
