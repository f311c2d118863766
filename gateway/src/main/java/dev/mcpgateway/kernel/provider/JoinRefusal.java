// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import java.util.Optional;

/**
 * Why what a plugin offers cannot be used.
 *
 * @param reason in words for the operator
 * @param isNameTaken whether somebody else is called so already; else it could not be discovered
 * @param holder the plugin that has the name; empty where the configuration has it, or it is not about a name
 */
public record JoinRefusal(String reason, boolean isNameTaken, Optional<String> holder) {

    static JoinRefusal nameTakenBy(String pluginId, String reason) {
        return new JoinRefusal(reason, true, Optional.of(pluginId));
    }

    static JoinRefusal nameConfigured(String reason) {
        return new JoinRefusal(reason, true, Optional.empty());
    }

    static JoinRefusal notDiscovered(String reason) {
        return new JoinRefusal(reason, false, Optional.empty());
    }
}
