// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import dev.mcpgateway.kernel.json.Utf8Writer;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.util.Optional;

/** Exchanges for tests of those who answer them. */
public final class Exchanges {

    /** Takes every answer, and does nothing with it. */
    public static final AnswerSink NOWHERE = new AnswerSink() {
        @Override
        public void put(Utf8Writer answer) {}

        @Override
        public Optional<String> reserve(long size) {
            return Optional.empty();
        }

        @Override
        public void release(long size) {}
    };

    private Exchanges() {}

    /** One that has arrived just now, alone. */
    public static Exchange arrived(Deadlines deadlines, AnswerSink answers) {
        RequestContext context = RequestContext.arrived(deadlines, System.nanoTime());
        return new Exchange(0, context, new RequestLimiter(deadlines, new MemoryBudget()), answers);
    }
}
