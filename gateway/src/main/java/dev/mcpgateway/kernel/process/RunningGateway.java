// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import java.nio.file.Path;
import java.util.List;

/** A gateway that runs now, as its run file tells it. */
public record RunningGateway(
        long pid, Path configuration, Path pluginsDir, List<PluginState> plugins, List<ProviderState> providers) {}
