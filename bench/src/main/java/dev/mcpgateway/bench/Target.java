// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

/** A figure that the project has set itself. */
record Target(boolean atMost, double limit) {

    static Target atMost(double limit) {
        return new Target(true, limit);
    }

    static Target atLeast(double limit) {
        return new Target(false, limit);
    }

    boolean isMetBy(double figure) {
        return atMost ? figure <= limit : figure >= limit;
    }

    /** E.g. {@code ≤ 4.5x}. */
    String text(String unit) {
        return (atMost ? "≤ " : "≥ ") + Report.number(limit) + unit;
    }
}
