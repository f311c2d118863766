// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is asked of a launcher, here a script that stands for it. */
class CheckoutTest {

    @TempDir
    private Path home;

    @TempDir
    private Path folder;

    @Test
    void the_launchers_options_are_found_where_its_standard_output_is_not_the_JVMs() throws IOException {
        Checkout checkout = launchedBy("""
                exec >&2
                exec "$MCP_GATEWAY_JAVA_HOME/bin/java" -XX:+UseSerialGC "-Dmcpgateway.home=/some where" \\
                    -XX:AOTCache=any.aot -Da=b -cp some.jar Main "$@"
                """);

        assertThat(checkout.jvmOptions(folder)).containsExactly("-XX:+UseSerialGC", "-Da=b");
    }

    @Test
    void a_launcher_that_starts_no_JVM_is_named() throws IOException {
        Checkout checkout = launchedBy("exit 1\n");

        assertThatThrownBy(() -> checkout.jvmOptions(folder))
                .isInstanceOf(IOException.class)
                .hasMessageStartingWith(checkout.launcher() + " does not start a JVM with -cp");
    }

    private Checkout launchedBy(String script) throws IOException {
        Checkout checkout = new Checkout(home);
        Files.createDirectories(checkout.launcher().getParent());
        Files.writeString(checkout.launcher(), "#!/bin/sh\n" + script);
        Files.setPosixFilePermissions(checkout.launcher(), PosixFilePermissions.fromString("rwx------"));
        return checkout;
    }
}
