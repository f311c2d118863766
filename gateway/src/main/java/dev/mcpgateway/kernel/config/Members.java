// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping whose keys and types have been checked, read by key. */
final class Members {

    private final Map<String, YamlTree> values = new LinkedHashMap<>();

    private Members() {}

    static Members of(YamlTree mapping) {
        Members members = new Members();
        ((YamlTree.Mapping) mapping).members().forEach(member -> members.values.put(member.key(), member.value()));
        return members;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Where the value of a key that is there begins. */
    SourceLocation place(String key) {
        YamlTree value = values.get(key);
        return value == null ? SourceLocation.FILE : value.at();
    }

    Optional<String> text(String key) {
        return values.get(key) instanceof YamlTree.Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
    }

    boolean bool(String key, boolean otherwise) {
        return values.get(key) instanceof YamlTree.Scalar scalar ? (Boolean) scalar.value() : otherwise;
    }

    int integer(String key, int otherwise) {
        return values.get(key) instanceof YamlTree.Scalar scalar ? ((Number) scalar.value()).intValue() : otherwise;
    }

    /** The members of an inner mapping; none where it is not there. */
    Members inner(String key) {
        YamlTree inner = values.get(key);
        return inner == null ? new Members() : of(inner);
    }

    Map<String, YamlTree> members(String key) {
        return inner(key).values;
    }

    List<YamlTree> items(String key) {
        return values.get(key) instanceof YamlTree.Sequence sequence ? sequence.items() : List.of();
    }

    /** A list of scalars as they are written. */
    List<String> list(String key) {
        return items(key).stream().map(item -> ((YamlTree.Scalar) item).text()).toList();
    }

    /** A mapping of scalars as they are written. */
    Map<String, String> texts(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        members(key).forEach((name, value) -> texts.put(name, ((YamlTree.Scalar) value).text()));
        return Collections.unmodifiableMap(texts);
    }

    /** Everything, as plain Java values. */
    Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        values.forEach((key, value) -> plain.put(key, plain(value)));
        return Collections.unmodifiableMap(plain);
    }

    private static Object plain(YamlTree tree) {
        return switch (tree) {
            case YamlTree.Scalar scalar -> scalar.value();
            case YamlTree.Sequence sequence -> {
                List<Object> items = new ArrayList<>();
                sequence.items().forEach(item -> items.add(plain(item)));
                yield Collections.unmodifiableList(items);
            }
            case YamlTree.Mapping mapping -> of(mapping).plain();
        };
    }
}
