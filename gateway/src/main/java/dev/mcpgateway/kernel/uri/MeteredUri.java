// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.uri;

import java.util.function.BooleanSupplier;

/** A URI that looks now and then, while it is read, whether somebody still waits for what is found out. Not thread-safe. */
final class MeteredUri implements CharSequence {

    // One read may be a comparison with some thousand places of a template.
    private static final int READS_BETWEEN_LOOKS = 16;

    private final String uri;
    private final BooleanSupplier isOver;
    private int untilLook = READS_BETWEEN_LOOKS;

    MeteredUri(String uri, BooleanSupplier isOver) {
        this.uri = uri;
        this.isOver = isOver;
    }

    /** Nobody waits any more. */
    static final class Abandoned extends RuntimeException {

        private static final long serialVersionUID = 1;

        private static final Abandoned INSTANCE = new Abandoned();

        private Abandoned() {
            super(null, null, false, false);
        }
    }

    @Override
    public char charAt(int index) {
        if (--untilLook == 0) {
            untilLook = READS_BETWEEN_LOOKS;
            if (isOver.getAsBoolean()) {
                throw Abandoned.INSTANCE;
            }
        }
        return uri.charAt(index);
    }

    @Override
    public int length() {
        return uri.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return uri.substring(start, end);
    }

    @Override
    public String toString() {
        return uri;
    }
}
