// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import org.yaml.snakeyaml.error.Mark;

/** A position in the file, both counted from 1; or the file as a whole. */
record SourceLocation(int line, int column) implements Comparable<SourceLocation> {

    static final SourceLocation FILE = new SourceLocation(0, 0);

    static SourceLocation of(Mark mark) {
        return new SourceLocation(mark.getLine() + 1, mark.getColumn() + 1);
    }

    @Override
    public int compareTo(SourceLocation other) {
        return line != other.line ? Integer.compare(line, other.line) : Integer.compare(column, other.column);
    }

    /** As it follows the file's name. */
    @Override
    public String toString() {
        return line == 0 ? "" : ":" + line + ":" + column;
    }
}
