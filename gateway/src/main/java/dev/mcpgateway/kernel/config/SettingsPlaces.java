// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import dev.mcpgateway.kernel.settings.Places;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import tools.jackson.core.JsonPointer;

/** Looks for places when it is asked for one, which is after a mistake only: a start has no time for all of them. Immutable. */
final class SettingsPlaces implements Places {

    private final Path file;
    private final YamlTree.Member settings;

    /** @param settings with the key that they stand under */
    SettingsPlaces(Path file, YamlTree.Member settings) {
        this.file = file;
        this.settings = settings;
    }

    @Override
    public String ofKey(String pointer) {
        return file.toString() + find(pointer).keyAt();
    }

    @Override
    public String ofValue(String pointer) {
        return file.toString() + find(pointer).value().at();
    }

    /** What is there, or the nearest above it that is. */
    private YamlTree.Member find(String pointer) {
        YamlTree.Member found = settings;
        for (JsonPointer rest = JsonPointer.compile(pointer); !rest.matches(); rest = rest.tail()) {
            Optional<YamlTree.Member> next = below(found.value(), rest);
            if (next.isEmpty()) {
                return found;
            }
            found = next.get();
        }
        return found;
    }

    private static Optional<YamlTree.Member> below(YamlTree tree, JsonPointer pointer) {
        String key = pointer.getMatchingProperty();
        return switch (tree) {
            case YamlTree.Mapping mapping ->
                mapping.members().stream()
                        .filter(member -> member.key().equals(key))
                        .findFirst();
            case YamlTree.Sequence sequence -> item(sequence.items(), pointer.getMatchingIndex());
            case YamlTree.Scalar scalar -> Optional.empty();
        };
    }

    private static Optional<YamlTree.Member> item(List<YamlTree> items, int index) {
        if (index < 0 || index >= items.size()) {
            return Optional.empty();
        }
        YamlTree item = items.get(index);
        return Optional.of(new YamlTree.Member("", item.at(), item));
    }
}
