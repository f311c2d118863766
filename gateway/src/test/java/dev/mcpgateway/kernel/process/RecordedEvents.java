// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** What a provider process told, in order. */
final class RecordedEvents implements ProviderProcess.Events {

    static final String LISTENING = "listening";

    private final LinkedBlockingQueue<String> events = new LinkedBlockingQueue<>();

    @Override
    public void listening() {
        events.add(LISTENING);
    }

    @Override
    public void died(String reason) {
        events.add(reason);
    }

    String next() throws InterruptedException {
        String event = events.poll(30, TimeUnit.SECONDS);
        return event == null ? "nothing for 30 s" : event;
    }

    boolean isEmpty() {
        return events.isEmpty();
    }
}
