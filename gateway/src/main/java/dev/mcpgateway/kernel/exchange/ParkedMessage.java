// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import dev.mcpgateway.kernel.jsonrpc.ErrorCodes;
import dev.mcpgateway.kernel.jsonrpc.Incoming;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message that waits for its turn, as it came. */
final class ParkedMessage implements RequestLimiter.Parked {

    private static final Log LOG = Log.named("transport");

    private final Intake intake;
    private final Exchange exchange;
    private final Optional<Conversation.Expected> expected;
    private final boolean isNotification;
    private byte[] message;
    private long weight;

    /** @param expected empty where it is no request, or is not known to be one */
    ParkedMessage(
            Intake intake,
            byte[] message,
            Exchange exchange,
            Optional<Conversation.Expected> expected,
            boolean isNotification) {
        this.intake = intake;
        this.message = message;
        this.exchange = exchange;
        this.expected = expected;
        this.isNotification = isNotification;
        this.weight = exchange.size(); // until it has been taken apart
    }

    @Override
    public int size() {
        return exchange.size();
    }

    @Override
    public boolean isLarge() {
        return exchange.size() > Intake.LIGHT;
    }

    @Override
    public void goOn(Runnable done) {
        if (!isLarge()) {
            Runnable start = read();
            exchange.begin(weight, start);
            return;
        }
        boolean isTaken = intake.executes(size(), () -> {
            Runnable start;
            try {
                start = read();
            } finally {
                done.run(); // the next need not wait for whom this one calls
            }
            exchange.begin(weight, start);
        });
        if (!isTaken) {
            fail("overloaded: too much waits to be read already; try again later");
            exchange.begin(weight, () -> {});
            done.run();
        }
    }

    /** It cannot be served. */
    void fail(String reason) {
        if (isNotification) {
            LOG.log(Log.Level.WARN, "a notification of " + size() + " bytes is ignored: " + reason, Fields.NONE);
            exchange.withdraw();
            return;
        }
        expected.ifPresentOrElse(request -> request.failed(reason), () -> intake.fail(reason, exchange));
    }

    /** How to begin what it asks for. One that is over has been answered or withdrawn, or is about to be. */
    private Runnable read() {
        byte[] text = message;
        message = new byte[0];
        Runnable start = null;
        try {
            if (!isOver()) {
                Incoming read = Incoming.read(text, this::isOver);
                weight = intake.recount(read, weight);
                start = begin(read);
            }
        } catch (RuntimeException | Error bug) {
            intake.broke(bug, exchange, this);
        }
        if (start == null && expected.isEmpty()) {
            exchange.withdraw(); // where it was no request
        }
        return start == null ? () -> {} : start;
    }

    private @Nullable Runnable begin(Incoming read) {
        if (isOver()) {
            return null;
        }
        if (expected.isEmpty()) {
            return intake.begin(read, exchange);
        }
        if (read instanceof Incoming.Request request) {
            return expected.get().request(request);
        }
        Incoming.Refused refused = read instanceof Incoming.Refused known
                ? known
                : new Incoming.Refused(Optional.empty(), ErrorCodes.INVALID_REQUEST, "the message is ambiguous");
        expected.get().refused(refused);
        return null;
    }

    private boolean isOver() {
        return exchange.context().isOver();
    }
}
