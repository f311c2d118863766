// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

/** Why a text was not let through by the strict parser. The message is for a client: plain words, nothing of the text. */
public final class JsonFault extends Exception {

    private static final long serialVersionUID = 1L;

    private final Kind kind;
    private final String text;

    /** What was wrong. */
    public enum Kind {
        /** Not JSON (RFC 8259), or not UTF-8. */
        SYNTAX,
        /** JSON, but over a limit or ambiguous: depth, number, duplicate key, lone surrogate. */
        LIMIT
    }

    JsonFault(Kind kind, String text) {
        super(text, null, false, false); // an expected outcome: no stack trace
        this.kind = kind;
        this.text = text;
    }

    public Kind kind() {
        return kind;
    }

    public String text() {
        return text;
    }
}
