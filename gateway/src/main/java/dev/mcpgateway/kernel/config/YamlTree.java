// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import java.util.List;
import java.util.Optional;

/** What a YAML file says, with variables replaced and aliases followed. Immutable. */
sealed interface YamlTree {

    SourceLocation at();

    /** What it is, for messages. */
    String kind();

    record Mapping(SourceLocation at, List<Member> members) implements YamlTree {
        @Override
        public String kind() {
            return "a mapping";
        }

        Optional<YamlTree> get(String key) {
            for (Member member : members) {
                if (member.key().equals(key)) {
                    return Optional.of(member.value());
                }
            }
            return Optional.empty();
        }
    }

    /** @param keyAt where the key stands, which is where people look for a mistake in its value too */
    record Member(String key, SourceLocation keyAt, YamlTree value) {}

    record Sequence(SourceLocation at, List<YamlTree> items) implements YamlTree {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * @param value a String, a Boolean, a Long, BigInteger or BigDecimal, or {@link dev.mcpgateway.api.Json#NULL}
     * @param text as written, variables replaced
     */
    record Scalar(SourceLocation at, Object value, String text) implements YamlTree {
        @Override
        public String kind() {
            return switch (value) {
                case String string -> "text";
                case Boolean bool -> "true or false";
                case Number number -> "a number";
                default -> "empty";
            };
        }
    }
}
