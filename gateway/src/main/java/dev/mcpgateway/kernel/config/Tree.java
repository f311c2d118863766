package dev.mcpgateway.kernel.config;

import java.util.List;
import java.util.Optional;

/** What a YAML file says, with variables replaced and aliases followed. Immutable. */
sealed interface Tree {

    Place at();

    /** What it is, for messages. */
    String kind();

    record Mapping(Place at, List<Member> members) implements Tree {
        @Override
        public String kind() {
            return "a mapping";
        }

        Optional<Tree> get(String key) {
            for (Member member : members) {
                if (member.key().equals(key)) {
                    return Optional.of(member.value());
                }
            }
            return Optional.empty();
        }
    }

    /** @param keyAt where the key stands, which is where people look for a mistake in its value too */
    record Member(String key, Place keyAt, Tree value) {}

    record Sequence(Place at, List<Tree> items) implements Tree {
        @Override
        public String kind() {
            return "a list";
        }
    }

    /**
     * @param value a String, a Boolean, a Long, BigInteger or BigDecimal, or {@link dev.mcpgateway.api.Json#NULL}
     * @param text as written, variables replaced
     */
    record Scalar(Place at, Object value, String text) implements Tree {
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
