// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnknownFieldSet;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.Timeout;

/** A health service may say as much as it likes: it is looked at ten times a second. */
@Timeout(60)
class HealthFloodTest {

    private static final Duration WHILE = Duration.ofSeconds(3);

    private final TestService service = new TestService();
    private final AtomicInteger said = new AtomicInteger();
    private final AtomicBoolean isOver = new AtomicBoolean();

    @Test
    @Tag("slow")
    void a_health_service_that_says_the_same_all_the_time_is_listened_to_now_and_then(TestReporter reporter)
            throws Exception {
        try (TestServer server = TestServer.startWithoutHealth(service, new Flood(false));
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            await().pollDelay(WHILE).until(() -> true);
            reporter.publishEntry("messages of 1 KiB that were taken in 3 s", Integer.toString(said.get()));
            assertThat(said).hasValueLessThan(20_000); // two windows full, and 64 of them at each look
            assertThat(opened.call("echo.v1", "{}").json()).isPresent();
            assertThat(opened.context.reports()).containsExactly("up");
        }
    }

    @Test
    @Tag("slow")
    void what_a_health_service_says_last_counts_however_much_it_said_before() throws Exception {
        try (TestServer server = TestServer.startWithoutHealth(service, new Flood(true));
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().atMost(WHILE).until(() -> opened.context.lastReport().equals("up"));
            await().until(() -> said.get() > 1_000);
            isOver.set(true);
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> opened.context.lastReport().equals("down: it reports that it is not serving"));
            assertThat(opened.context.reports()).containsExactly("up", "down: it reports that it is not serving");
        }
    }

    @Test
    @Tag("slow")
    void a_health_service_that_can_be_asked_only_is_asked_ten_times_a_second_at_most() throws Exception {
        service.invoke = request -> {
            throw Status.UNAVAILABLE.withDescription("not now").asRuntimeException();
        };
        HealthGrpc.HealthImplBase checkOnly = new HealthGrpc.HealthImplBase() {
            @Override
            public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
                said.incrementAndGet();
                observer.onNext(state(ServingStatus.SERVING));
                observer.onCompleted();
            }
        };
        try (TestServer server = TestServer.startWithoutHealth(service, checkOnly);
                Opened opened = new Opened(server.address())) {
            opened.capabilities();
            await().until(() -> opened.context.lastReport().equals("up"));
            long begin = System.nanoTime();
            for (int i = 0; i < 500; i++) {
                ConnectionMonitorTest.unavailable("is unavailable: not now", opened.start("echo.v1", "{}"));
            }
            long tenths = Duration.ofNanos(System.nanoTime() - begin).toMillis() / 100;
            assertThat((long) said.get()).isBetween(1L, tenths + 2);
            int before = said.get();
            await().atMost(WHILE).until(() -> said.get() == before + 1 || said.get() == before);
        }
    }

    private static HealthCheckResponse state(ServingStatus status) {
        return HealthCheckResponse.newBuilder().setStatus(status).build();
    }

    /** Streams as fast as it is read. */
    private final class Flood extends HealthGrpc.HealthImplBase {

        private static final int UNKNOWN_FIELD = 99;

        private final UnknownFieldSet padding = UnknownFieldSet.newBuilder()
                .addField(
                        UNKNOWN_FIELD,
                        UnknownFieldSet.Field.newBuilder()
                                .addLengthDelimited(ByteString.copyFrom(new byte[1_000]))
                                .build())
                .build();
        private final boolean alternates;

        Flood(boolean alternates) {
            this.alternates = alternates;
        }

        @Override
        public void watch(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
            ServerCallStreamObserver<HealthCheckResponse> stream =
                    (ServerCallStreamObserver<HealthCheckResponse>) observer;
            AtomicBoolean hasSaidItsLast = new AtomicBoolean();
            stream.setOnReadyHandler(() -> {
                while (stream.isReady() && !stream.isCancelled() && !hasSaidItsLast.get()) {
                    boolean isLast = isOver.get();
                    boolean serves = !isLast && (!alternates || said.get() % 2 == 0);
                    stream.onNext(state(serves ? ServingStatus.SERVING : ServingStatus.NOT_SERVING).toBuilder()
                            .setUnknownFields(padding)
                            .build());
                    said.incrementAndGet();
                    hasSaidItsLast.set(isLast);
                }
            });
        }

        @Override
        public void check(HealthCheckRequest request, StreamObserver<HealthCheckResponse> observer) {
            observer.onNext(state(ServingStatus.SERVING));
            observer.onCompleted();
        }
    }
}
