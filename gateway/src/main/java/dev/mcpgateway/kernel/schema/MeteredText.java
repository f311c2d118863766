// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

/**
 * A text that counts how often it is read, so that a regular expression cannot run for ever on it. Not thread-safe.
 */
final class MeteredText implements CharSequence {

    // Reads between two looks at the clock.
    private static final int STRIDE = 4_096;

    private final String text;
    private final Evaluation evaluation;
    private final int costOfRead;
    private final int stride;
    private long left;
    private int untilCheck;

    /**
     * @param costOfRead steps of evaluation that stand for one read, 1 or more
     * @param limit reads after which the evaluation ends
     */
    MeteredText(String text, Evaluation evaluation, int costOfRead, long limit) {
        this.text = text;
        this.evaluation = evaluation;
        this.costOfRead = costOfRead;
        this.stride = Math.max(1, STRIDE / costOfRead);
        this.left = limit;
        this.untilCheck = stride;
    }

    @Override
    public char charAt(int index) {
        if (--untilCheck == 0) {
            check();
        }
        return text.charAt(index);
    }

    private void check() {
        untilCheck = stride;
        left -= stride;
        if (left < 0) {
            throw new BudgetExceeded("holds a text on which a pattern of the schema takes too long");
        }
        evaluation.charge((long) stride * costOfRead);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.substring(start, end);
    }

    @Override
    public String toString() {
        return text;
    }
}
