// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import dev.mcpgateway.kernel.json.JsonValue;
import java.nio.ByteBuffer;

/**
 * What a schema is known by: its text, to the byte, and never what it calls itself. Ordered, so that texts that were
 * written to have one hash are found all the same. Immutable.
 */
final class SchemaText implements Comparable<SchemaText> {

    private final ByteBuffer utf8;
    private final int hash;

    SchemaText(JsonValue schema) {
        this.utf8 = schema.utf8();
        this.hash = utf8.hashCode();
    }

    @Override
    public boolean equals(Object other) {
        return this == other || (other instanceof SchemaText text && hash == text.hash && utf8.equals(text.utf8));
    }

    @Override
    public int hashCode() {
        return hash;
    }

    @Override
    public int compareTo(SchemaText other) {
        return utf8.compareTo(other.utf8);
    }
}
