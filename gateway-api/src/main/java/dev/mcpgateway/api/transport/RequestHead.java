// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import static java.util.Objects.requireNonNull;

import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** What a request says before its body. Immutable. */
public final class RequestHead {

    private final Verb verb;
    private final InetSocketAddress peer;
    private final boolean isForwarded;
    private final Map<String, List<String>> headers;

    /** What a client wants, whatever the transport calls it. Grows. */
    public enum Verb {
        /** To send a message. */
        SEND,
        /** To be told of what happens: an answer that is a stream. */
        LISTEN,
        /** To end its session. */
        END,
        /** Anything else; the gateway says so, when it has looked who asks. */
        OTHER
    }

    private RequestHead(Builder builder) {
        verb = builder.verb;
        peer = builder.peer;
        isForwarded = builder.isForwarded;
        headers = builder.headers;
    }

    /** @param peer the other end of the connection */
    public static Builder of(Verb verb, InetSocketAddress peer) {
        return new Builder(verb, peer);
    }

    /** Makes one; not thread-safe, to be used once. */
    public static final class Builder {

        private final Verb verb;
        private final InetSocketAddress peer;
        private final Map<String, List<String>> headers = new HashMap<>();
        private boolean isForwarded;

        private Builder(Verb verb, InetSocketAddress peer) {
            this.verb = requireNonNull(verb, "verb");
            this.peer = requireNonNull(peer, "peer");
        }

        /** A header, in any case; called once for each time that it stands there. Credentials and cookies are left out. */
        public Builder header(String name, String value) {
            headers.computeIfAbsent(name.toLowerCase(Locale.ROOT), each -> new ArrayList<>(1))
                    .add(value);
            return this;
        }

        /** It came by way of a proxy, by what it says. */
        public Builder forwarded() {
            isForwarded = true;
            return this;
        }

        public RequestHead build() {
            return new RequestHead(this);
        }
    }

    public Verb verb() {
        return verb;
    }

    /** The other end of the connection: the client, or a proxy. */
    public InetSocketAddress peer() {
        return peer;
    }

    /** Whether it says that it came by way of a proxy. */
    public boolean isForwarded() {
        return isForwarded;
    }

    /**
     * The values of a header, in their order; empty where there is none.
     *
     * @param name in lower case
     */
    public List<String> headers(String name) {
        return headers.getOrDefault(name, List.of());
    }

    /** The first value of a header. */
    public Optional<String> header(String name) {
        List<String> values = headers(name);
        return values.isEmpty() ? Optional.empty() : Optional.of(values.get(0));
    }
}
