// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.util.List;
import java.util.Optional;

/**
 * One way in which a value breaks its schema.
 *
 * @param path where, as a JSON Pointer (RFC 6901) into the value, {@code ""} for the value itself; at most 200 characters
 * @param reason what is wrong there, as the end of a sentence ({@code must be a number, is a string}); at most 200
 *     characters, without the offending value, which may be a secret
 * @param closedBy where it is a property that is not allowed: the JSON Pointer of the schema that does not allow it
 */
public record Violation(String path, String reason, Optional<String> closedBy) {

    Violation(String path, String reason) {
        this(path, reason, Optional.empty());
    }

    /** A line each: where, and what is wrong there. */
    public static List<String> inWords(List<Violation> violations) {
        return violations.stream()
                .map(each -> (each.path.isEmpty() ? "/" : each.path) + " " + each.reason)
                .toList();
    }
}
