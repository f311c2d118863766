// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.exchange;

import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.thread.Deadlines;

/** Exchanges for tests of those who answer them. */
public final class Exchanges {

    private Exchanges() {}

    /** One that has arrived just now, alone. */
    public static Exchange arrived(Deadlines deadlines, AnswerSink answers) {
        RequestContext context = RequestContext.arrived(deadlines, System.nanoTime());
        return new Exchange(0, context, new RequestLimiter(deadlines, new MemoryBudget()), answers);
    }
}
