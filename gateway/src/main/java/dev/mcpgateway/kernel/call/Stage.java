// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

/** Where a request is, in words that follow the time that is over; with a provider it is that provider's time. */
enum Stage {
    LOOKED_FOR("it was still being looked for"),
    CHECKED("its arguments were still being checked"),
    WITH_PROVIDER(""),
    JUDGED("its answer was still being checked");

    private final String words;

    Stage(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
