// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc.tls;

/** What {@code tls:} names cannot be used. */
final class UnusableException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    /** @param reason which file, and why, in plain words; never what stands in it */
    UnusableException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    String reason() {
        return reason;
    }
}
