// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.uri;

/** A text that cannot be a resource's address. */
public final class UnusableAddressException extends Exception {

    private static final long serialVersionUID = 1L;

    private final String reason;

    UnusableAddressException(String reason) {
        super(reason, null, false, false);
        this.reason = reason;
    }

    /** Why, as words that go on behind {@code its URI }; they hold nothing of the text. */
    public String reason() {
        return reason;
    }
}
