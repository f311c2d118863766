// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench.baseline;

import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import dev.mcpgateway.provider.v1.Capabilities;
import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.Json;
import dev.mcpgateway.provider.v1.ProviderGrpc;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * What calling hello-go costs without a gateway: the asynchronous stub, answered on the event loop's thread, over one
 * connection. The channel is set up as the gateway sets up its own, so that only the gateway makes the difference.
 *
 * <p>Arguments: host and port. It says {@code ready} when the provider has listed its capabilities, and then answers
 * each line {@code IN_FLIGHT CALLS BYTES} with {@code ELAPSED P50 P99}, in nanoseconds. With 0 in flight, the thread
 * that calls waits for each answer itself. It ends with its input.
 */
public final class BareClient {

    private static final int MESSAGE_LIMIT = 10 * 1024 * 1024 + 64 * 1024;
    private static final int WINDOW = 2 * 1024 * 1024;

    private BareClient() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        OutputStream out = new FileOutputStream(FileDescriptor.out);
        InetAddress host = InetAddress.getByName(args[0]);
        ManagedChannel channel = NettyChannelBuilder.forAddress(new InetSocketAddress(host, Integer.parseInt(args[1])))
                .usePlaintext()
                .directExecutor()
                .disableRetry()
                .disableServiceConfigLookUp()
                .maxTraceEvents(0)
                .maxInboundMessageSize(MESSAGE_LIMIT)
                .flowControlWindow(WINDOW)
                .build();
        ProviderGrpc.ProviderStub provider = ProviderGrpc.newStub(channel);
        FirstAnswer first = new FirstAnswer();
        provider.listCapabilities(Empty.getDefaultInstance(), first);
        first.await();
        out.write("ready\n".getBytes(StandardCharsets.US_ASCII));

        InputStream in = new FileInputStream(FileDescriptor.in);
        for (String line = readLine(in); !line.isEmpty(); line = readLine(in)) {
            String[] words = line.split(" ", -1);
            int inFlight = Integer.parseInt(words[0]);
            long[] nanos = new long[Integer.parseInt(words[1])];
            InvokeRequest request = echo(Integer.parseInt(words[2]));
            long begin = System.nanoTime();
            if (inFlight == 0) {
                oneByOne(provider, request, nanos);
            } else {
                new Window(provider, request, nanos).run(inFlight);
            }
            long elapsed = System.nanoTime() - begin;
            Arrays.sort(nanos);
            String answer = elapsed + " " + nanos[nanos.length / 2] + " " + nanos[nanos.length * 99 / 100] + "\n";
            out.write(answer.getBytes(StandardCharsets.US_ASCII));
        }
        channel.shutdown();
        if (!channel.awaitTermination(2, TimeUnit.SECONDS)) {
            channel.shutdownNow();
        }
    }

    private static void oneByOne(ProviderGrpc.ProviderStub provider, InvokeRequest request, long[] nanos) {
        Waiting waiting = new Waiting(request);
        for (int i = 0; i < nanos.length; i++) {
            long begin = System.nanoTime();
            waiting.expect();
            provider.invoke(request, waiting);
            waiting.await();
            nanos[i] = System.nanoTime() - begin;
        }
    }

    private static InvokeRequest echo(int bytes) {
        String frame = "{\"message\":\"\"}";
        String payload = "{\"message\":\"" + "x".repeat(bytes - frame.length()) + "\"}";
        return InvokeRequest.newBuilder()
                .setToolName("echo.v1")
                .setPayload(Json.newBuilder().setValue(ByteString.copyFromUtf8(payload)))
                .build();
    }

    /** Without a line's end; empty at the end of input. Commands are short and come one at a time. */
    private static String readLine(InputStream in) throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            line.append((char) c);
        }
        return line.toString();
    }

    private static final class FirstAnswer implements StreamObserver<Capabilities> {

        private final CountDownLatch ended = new CountDownLatch(1);

        @Override
        public void onNext(Capabilities capabilities) {}

        @Override
        public void onError(Throwable failure) {
            fail(failure);
        }

        @Override
        public void onCompleted() {
            ended.countDown();
        }

        void await() throws InterruptedException {
            if (!ended.await(10, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the provider did not answer within 10 s");
            }
        }
    }

    static void fail(Throwable failure) {
        System.err.println("bare client: " + failure);
        Runtime.getRuntime().halt(1);
    }
}
