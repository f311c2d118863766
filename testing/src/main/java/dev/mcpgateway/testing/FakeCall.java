// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testing;

import dev.mcpgateway.api.Caller;
import dev.mcpgateway.api.InterceptedCall;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;

/** A call of the tool {@code acme.echo.v1} as the gateway makes it, cancelled by the test. Thread-safe. */
public final class FakeCall implements InterceptedCall {

    private final String correlationId = UUID.randomUUID().toString();
    private final long deadline;
    private final AtomicReference<Optional<Runnable>> onCancel = new AtomicReference<>(Optional.empty());
    private volatile boolean cancelled;

    private FakeCall(Duration time) {
        deadline = System.nanoTime() + time.toNanos();
    }

    public static FakeCall within(Duration time) {
        return new FakeCall(time);
    }

    /** With 30 s, more than any test should take. */
    public static FakeCall inNoHurry() {
        return within(Duration.ofSeconds(30));
    }

    /** The client has stopped waiting, or the deadline has passed. */
    public void cancel() {
        cancelled = true;
        onCancel.getAndSet(Optional.empty()).ifPresent(Runnable::run);
    }

    @Override
    public Kind kind() {
        return Kind.TOOL;
    }

    @Override
    public String provider() {
        return "acme";
    }

    @Override
    public String capability() {
        return "acme.echo.v1";
    }

    @Override
    public String correlationId() {
        return correlationId;
    }

    @Override
    public Optional<Caller> caller() {
        return Optional.empty();
    }

    @Override
    public Duration remaining() {
        return Duration.ofNanos(Math.max(0, deadline - System.nanoTime()));
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }

    @Override
    public void onCancel(Runnable action) {
        onCancel.set(Optional.of(action));
        if (cancelled) {
            cancel();
        }
    }
}
