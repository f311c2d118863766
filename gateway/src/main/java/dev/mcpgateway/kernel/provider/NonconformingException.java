// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

/** A definition that cannot be offered; the message says why, for the operator and for the provider's author. */
final class NonconformingException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    NonconformingException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
