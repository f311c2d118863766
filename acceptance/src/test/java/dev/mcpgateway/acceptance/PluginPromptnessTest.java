// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.DropFolder.SOON;
import static dev.mcpgateway.acceptance.kit.DropFolder.saying;
import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.DropFolder;
import dev.mcpgateway.testing.PluginJar;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** How long it takes from a change in the folder to where a client sees it; printed, and asserted with wide margins. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PluginPromptnessTest {

    private final DropFolder folder = DropFolder.open();

    @AfterAll
    void everything_was_answered() {
        folder.close();
    }

    @Test
    void a_jar_that_is_renamed_into_the_folder_can_be_called_soon_and_the_client_is_told() throws Exception {
        byte[] jar = saying("renamed", "1.0.0");
        folder.unnoticed(() -> {
            long told = folder.toolsChanged();
            long begin = System.nanoTime();
            folder.rename("renamed.jar", jar);
            folder.awaitCallable("renamed.say.v1");
            Duration callable = since(begin);
            await().pollInterval(Duration.ofMillis(5)).until(() -> folder.toolsChanged() > told);
            Duration listed = since(begin).minus(callable);
            System.out.printf(
                    "drop by rename → callable %d ms, list_changed %d ms later%n",
                    callable.toMillis(), listed.toMillis());
            assertThat(callable).isLessThan(SOON);
            assertThat(listed).isLessThan(LATEST);
            assertThat(folder.client().toolNames()).contains("renamed.say.v1");
            assertThat(folder.client().notifications())
                    .as("only the list that differs is told of")
                    .noneMatch(each -> each.path("method").asString().matches("notifications/(resources|prompts)/.*"));
            folder.awaitListed("renamed.jar", "renamed", "1.0.0", "LIVE");
        });
    }

    @Test
    void a_jar_of_5_MB_that_is_copied_into_the_folder_can_be_called_soon() throws Exception {
        byte[] ballast = new byte[5_000_000];
        new Random(5).nextBytes(ballast);
        byte[] jar = PluginJar.withTool("copied", "say.v1", "return ToolResult.text(\"here\");")
                .entry("ballast", ballast)
                .bytes();
        folder.unnoticed(() -> {
            long begin = System.nanoTime();
            folder.copy("copied.jar", jar);
            folder.awaitCallable("copied.say.v1");
            System.out.printf("cp of 5 MB → callable %d ms%n", since(begin).toMillis());
            assertThat(since(begin)).isLessThan(SOON);
        });
    }

    @Test
    void a_newer_version_answers_soon() throws Exception {
        folder.rename("newer.jar", saying("newer", "1.0.0"));
        folder.awaitSaid("newer", "1.0.0");
        byte[] next = saying("newer", "1.0.1");
        folder.unnoticed(() -> {
            long begin = System.nanoTime();
            folder.rename("newer.jar", next);
            folder.awaitSaid("newer", "1.0.1");
            System.out.printf(
                    "replacement by rename → answers %d ms%n", since(begin).toMillis());
            assertThat(since(begin)).isLessThan(SOON);
        });
    }

    @Test
    void the_tools_of_a_deleted_jar_are_soon_unknown_and_the_client_is_told() throws Exception {
        folder.rename("short-lived.jar", saying("short-lived", "1.0.0"));
        folder.awaitSaid("short-lived", "1.0.0");
        await().until(() -> folder.client().toolNames().contains("short-lived.say.v1"));
        folder.unnoticed(() -> {
            long told = folder.toolsChanged();
            long begin = System.nanoTime();
            folder.delete("short-lived.jar");
            folder.awaitUnknown("short-lived.say.v1");
            Duration gone = since(begin);
            await().pollInterval(Duration.ofMillis(5)).until(() -> folder.toolsChanged() > told);
            Duration listed = since(begin).minus(gone);
            System.out.printf("delete → unknown %d ms, list_changed %d ms later%n", gone.toMillis(), listed.toMillis());
            assertThat(gone).isLessThan(SOON);
            assertThat(listed).isLessThan(LATEST);
        });
    }

    private static Duration since(long nanos) {
        return Duration.ofNanos(System.nanoTime() - nanos);
    }
}
