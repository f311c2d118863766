// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** In which order a channel tells of its states is up to its threads: a call may be sent, and answered, before READY is told. */
class ConnectionTest {

    private final Channel channel = new Channel();
    private final List<String> told = new ArrayList<>();
    private final Connection connection = new Connection(0, channel, new Told());

    @BeforeEach
    void observe() {
        connection.observe();
        channel.is(ConnectivityState.CONNECTING);
    }

    @Test
    void it_is_ready_when_the_channel_says_so() {
        assertThat(connection.wasReady()).isFalse();
        channel.is(ConnectivityState.READY);

        assertThat(connection.wasReady()).isTrue();
        assertThat(told).containsExactly("ready");
    }

    @Test
    void it_is_ready_once_when_a_call_was_sent_before_the_channel_says_so() {
        connection.reached();
        assertThat(connection.wasReady()).isTrue();
        channel.is(ConnectivityState.CONNECTING);
        channel.is(ConnectivityState.READY);

        assertThat(told).containsExactly("ready");
    }

    @Test
    void it_has_ended_when_the_channel_is_idle_again() {
        channel.is(ConnectivityState.READY);
        channel.is(ConnectivityState.IDLE);

        assertThat(told).containsExactly("ready", "ended");
    }

    @Test
    void it_has_ended_when_the_channel_is_idle_again_and_never_said_ready() {
        connection.reached();
        channel.is(ConnectivityState.IDLE);

        assertThat(told).containsExactly("ready", "ended");
    }

    @Test
    void it_has_ended_when_it_cannot_be_made() {
        channel.is(ConnectivityState.TRANSIENT_FAILURE);

        assertThat(connection.wasReady()).isFalse();
        assertThat(told).containsExactly("ended");
    }

    private final class Told implements Connection.Events {

        @Override
        public void ready(Connection from) {
            told.add("ready");
        }

        @Override
        public void ended(Connection from) {
            told.add("ended");
        }

        @Override
        public void suspect(Connection from) {
            told.add("suspect");
        }

        @Override
        public void unavailable(Connection from) {
            told.add("unavailable");
        }
    }

    /** Tells of its states as it is told to. */
    private static final class Channel extends ManagedChannel {

        private ConnectivityState state = ConnectivityState.IDLE;
        private Runnable listener = () -> {};

        void is(ConnectivityState now) {
            state = now;
            Runnable told = listener;
            listener = () -> {};
            told.run();
        }

        @Override
        public ConnectivityState getState(boolean requestConnection) {
            return state;
        }

        @Override
        public void notifyWhenStateChanged(ConnectivityState source, Runnable callback) {
            listener = callback;
        }

        @Override
        public ManagedChannel shutdown() {
            return this;
        }

        @Override
        public boolean isShutdown() {
            return false;
        }

        @Override
        public boolean isTerminated() {
            return false;
        }

        @Override
        public ManagedChannel shutdownNow() {
            return this;
        }

        @Override
        public boolean awaitTermination(long timeout, TimeUnit unit) {
            return false;
        }

        @Override
        public <Q, A> ClientCall<Q, A> newCall(MethodDescriptor<Q, A> method, CallOptions options) {
            throw new UnsupportedOperationException();
        }

        @Override
        public String authority() {
            return "nobody";
        }
    }
}
