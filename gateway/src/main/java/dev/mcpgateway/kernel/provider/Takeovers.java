// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderOffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * All that another version of one plugin is to take over, opened beside what serves. Belongs to the thread that replaces the
 * plugin.
 */
final class Takeovers {

    private final Map<ProviderLifecycle, Takeover> prepared = new LinkedHashMap<>();

    void prepare(
            ProviderLifecycle lifecycle, Terms terms, Optional<SupervisedProcess> child, ProviderOffer.Opener with) {
        prepared.put(lifecycle, lifecycle.prepare(terms, child, with));
    }

    /** Empty where the provider has come meanwhile. */
    Optional<Takeover> of(ProviderLifecycle lifecycle) {
        return Optional.ofNullable(prepared.get(lifecycle));
    }

    /** Returns the first that is not ready when the time is up. */
    Optional<Takeover> awaitReady(Duration limit) throws InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        Optional<Takeover> unready;
        do {
            unready = prepared.values().stream()
                    .filter(each -> !each.losesNothing())
                    .findFirst();
            if (unready.isPresent()) {
                TimeUnit.MILLISECONDS.sleep(5);
            }
        } while (unready.isPresent() && System.nanoTime() - deadline < 0);
        return unready;
    }

    void abandon() {
        prepared.values().forEach(Takeover::abandon);
    }
}
