// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Which gateway this is, and how it was started. */
public final class ProductVersion {

    private ProductVersion() {}

    /** From the jar's manifest; {@code development} where there is none. */
    public static String current() {
        String version = ProductVersion.class.getPackage().getImplementationVersion();
        return version == null ? "development" : version;
    }

    /** Why the start took longer than it could, in a line; empty where it did not, or there was no launcher that would know. */
    public static Optional<String> slowStart() {
        @Nullable String why = System.getProperty("mcpgateway.withoutCache");
        boolean isLaunched = System.getProperty("mcpgateway.home") != null;
        if (why == null && isLaunched && !System.getProperty("java.vm.info", "").contains("sharing")) {
            why = "this JVM has refused it";
        }
        return Optional.ofNullable(why).map(reason -> "started without its AOT cache, which takes longer: " + reason);
    }
}
