// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit.sample;

import dev.mcpgateway.api.GatewayPlugin;
import org.assertj.core.util.Strings;

/** Cannot be started without a library. */
public final class Borrower implements GatewayPlugin {

    /** As `Plugin-Class` says. */
    public Borrower() {
        if (!Strings.isNullOrEmpty("")) {
            throw new IllegalStateException("that library is not what it was");
        }
    }
}
