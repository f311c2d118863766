// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

/**
 * A configuration that is not taken. The message has one line for each mistake, at most ten, in the order of the file:
 * {@code FILE:LINE:COLUMN: what is wrong}. Values that may be secrets are not in it.
 */
public final class ConfigurationException extends Exception {

    private static final long serialVersionUID = 1;

    private final String text;

    ConfigurationException(String text) {
        super(text, null, false, false);
        this.text = text;
    }

    /** The message. */
    public String text() {
        return text;
    }
}
