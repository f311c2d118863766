// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.settings;

import java.util.Map;

/**
 * What stands in the configuration for one plugin. Two are equal when they say the same, on whatever lines: a comment above
 * them is no reason to start a plugin anew. Immutable.
 *
 * @param values plain Java values, not to be shown: they may be secrets
 */
public record Settings(Map<String, Object> values, Places places) {

    /** Settings that stand in no file. */
    public static Settings of(Map<String, Object> values) {
        return new Settings(values, Places.NONE);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings settings && values.equals(settings.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }
}
