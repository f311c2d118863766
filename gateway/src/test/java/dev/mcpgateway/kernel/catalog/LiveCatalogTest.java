// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.kernel.catalog.LiveProviders.Offer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LiveCatalogTest {

    @TempDir
    Path folder;

    private final AtomicInteger announced = new AtomicInteger();
    private final LiveCatalog catalog = new LiveCatalog(announced::incrementAndGet);

    @AfterEach
    void close() {
        catalog.close();
    }

    @Test
    @Tag("slow")
    void changes_in_quick_succession_are_announced_together() throws Exception {
        try (LiveProviders providers = new LiveProviders(folder, catalog::rebuild, Offer.of("one", "a"))) {
            await().until(() -> announced.get() == 1);

            for (int i = 0; i < 5; i++) {
                providers.offer("one", Offer.tools("a", "b" + i));
            }

            await().until(() -> catalog.get().tool("one.b4").isPresent());
            await().until(() -> announced.get() >= 2);
            await().during(Duration.ofMillis(500)).until(() -> announced.get() <= 3);
        }
    }

    @Test
    void what_has_changed_nothing_is_not_announced() throws Exception {
        try (LiveProviders providers = new LiveProviders(folder, catalog::rebuild, Offer.of("one", "a"))) {
            await().until(() -> announced.get() == 1);

            catalog.rebuild(providers.slots());
            providers.offer("one", Offer.tools("a"));

            await().during(Duration.ofMillis(500)).until(() -> announced.get() == 1);
        }
    }

    @Test
    void a_provider_that_goes_and_comes_is_announced_both_times() throws Exception {
        try (LiveProviders providers =
                new LiveProviders(folder, catalog::rebuild, Offer.of("one", "a"), Offer.of("two", "a"))) {
            await().until(() -> announced.get() == 1);

            providers.down("one");
            await().until(() -> announced.get() == 2);
            assertThat(catalog.get().tools()).extracting(ToolEntry::name).containsExactly("two.a");

            providers.up("one");
            await().until(() -> announced.get() == 3);
            assertThat(catalog.get().tools()).extracting(ToolEntry::name).containsExactly("one.a", "two.a");
        }
    }
}
