// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

/** Ends an evaluation that takes too long or goes too deep. */
final class BudgetExceeded extends RuntimeException {

    private static final long serialVersionUID = 1;

    private final String reason;

    BudgetExceeded(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
