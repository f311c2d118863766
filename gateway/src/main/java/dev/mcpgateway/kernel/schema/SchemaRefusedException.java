// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

/** A schema that is not taken, and the place in it that is at fault. */
public final class SchemaRefusedException extends Exception {

    private static final long serialVersionUID = 1;

    private final String pointer;
    private final String reason;

    SchemaRefusedException(String pointer, String reason) {
        super((pointer.isEmpty() ? "the schema " : pointer + " ") + reason, null, false, false);
        this.pointer = pointer;
        this.reason = reason;
    }

    /** Where in the schema, as a JSON Pointer (RFC 6901); {@code ""} for the schema itself. At most 200 characters. */
    public String pointer() {
        return pointer;
    }

    /** What is wrong there, as the end of a sentence: {@code must be a string}. At most 200 characters. */
    public String reason() {
        return reason;
    }
}
