#!/usr/bin/env python3
import json
import os
import signal
import sys
import threading
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from provider.v1 import provider_pb2 as pb, provider_pb2_grpc

LARGEST_MESSAGE = 10_551_296  # of the contract; gRPC starts at 4 MiB
SCHEMA = pb.Json(value=json.dumps({
    "type": "object", "properties": {"text": {"type": "string"}},
    "required": ["text"], "additionalProperties": False,
}).encode())


def shout(payload: bytes) -> bytes:
    """The tool itself: arguments in, result out. A ValueError says what is wrong with the arguments."""
    arguments = json.loads(payload.decode())
    if not isinstance(arguments, dict) or list(arguments) != ["text"] or not isinstance(arguments["text"], str):
        raise ValueError("there must be a string, text, and nothing else")
    return json.dumps({"text": arguments["text"].upper()}, ensure_ascii=False).encode()


class Shout(provider_pb2_grpc.ProviderServicer):  # answers UNIMPLEMENTED to what is not here

    def ListCapabilities(self, request, context):
        tool = pb.Tool(name="shout.v1", description="Returns the text in capital letters",
                       input_schema=SCHEMA, output_schema=SCHEMA)
        return pb.Capabilities(tools=[tool], provider_version="0.1.0")

    def Invoke(self, request, context):
        if request.tool_name != "shout.v1":
            context.abort(grpc.StatusCode.NOT_FOUND, "unknown tool")
        try:
            result = shout(request.payload.value)
        except (ValueError, RecursionError) as error:
            context.abort(grpc.StatusCode.INVALID_ARGUMENT, str(error))
        return pb.InvokeResponse(result=pb.Json(value=result))


class Log(grpc.ServerInterceptor):
    """One line a call, with the id that came with it, and never what was said."""

    def intercept_service(self, proceed, call):
        if call.method.startswith("/provider.v1.Provider/"):
            metadata = dict(call.invocation_metadata)
            line = json.dumps({"method": call.method, "correlation_id": metadata.get("x-correlation-id")})
            os.write(2, (line + "\n").encode())  # whole, also from many threads
        return proceed(call)


def main():
    address = os.environ.get("LISTEN", "127.0.0.1:6000")
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stopped.set())
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=64), interceptors=[Log()], options=[
        ("grpc.max_receive_message_length", LARGEST_MESSAGE),
        ("grpc.max_send_message_length", LARGEST_MESSAGE),
        ("grpc.http2.min_ping_interval_without_data_ms", 9_000),  # the gateway pings every 10 s
        ("grpc.keepalive_permit_without_calls", 1),
    ])
    provider_pb2_grpc.add_ProviderServicer_to_server(Shout(), server)
    # A watch of health must not hold a thread, of which there are only so many.
    serving = health.HealthServicer(experimental_non_blocking=True)
    serving.set("", health_pb2.HealthCheckResponse.SERVING)
    health_pb2_grpc.add_HealthServicer_to_server(serving, server)
    reflection.enable_server_reflection(["provider.v1.Provider", reflection.SERVICE_NAME], server)
    os.umask(0o177)  # the socket is for its owner alone
    server.add_insecure_port(address)
    server.start()

    if os.environ.get("MCP_GATEWAY_SUPERVISED") == "1":
        threading.Thread(target=lambda: (sys.stdin.buffer.read(), stopped.set()), daemon=True).start()
    stopped.wait()
    serving.enter_graceful_shutdown()  # NOT_SERVING
    server.stop(grace=0.5).wait()
    if address.startswith("unix:") and os.path.exists(address[5:]):
        os.remove(address[5:])
    os._exit(0)  # the thread that reads the input may still be there


if __name__ == "__main__":
    main()
