// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import java.nio.file.Path;
import java.util.Optional;

/** Which configuration is meant. */
public final class ConfigFile {

    private ConfigFile() {}

    /**
     * The file that was named on the command line, else by {@code MCP_GATEWAY_CONFIG}, else the one beside {@code bin/}.
     * The working directory is never searched: an editor starts us in whatever folder it has open, and a configuration
     * names programs to run.
     */
    public static Path named(Optional<String> option) {
        return Path.of(option.or(() -> Optional.ofNullable(System.getenv("MCP_GATEWAY_CONFIG")))
                        .filter(name -> !name.isBlank())
                        .orElseGet(() -> System.getProperty("mcpgateway.home", ".") + "/providers.yaml"))
                .toAbsolutePath()
                .normalize();
    }
}
