// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import java.util.Locale;
import java.util.Optional;

/** The levels of {@code logging/setLevel} (RFC 5424, section 6.2.1), from the least to the most severe. */
enum LogLevel {
    DEBUG,
    INFO,
    NOTICE,
    WARNING,
    ERROR,
    CRITICAL,
    ALERT,
    EMERGENCY;

    static Optional<LogLevel> of(String word) {
        for (LogLevel each : values()) {
            if (each.word().equals(word)) {
                return Optional.of(each);
            }
        }
        return Optional.empty();
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
