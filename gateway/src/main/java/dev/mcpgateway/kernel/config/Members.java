package dev.mcpgateway.kernel.config;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A mapping whose keys and types have been checked, read by key. */
final class Members {

    private final Map<String, Tree> values = new LinkedHashMap<>();

    private Members() {}

    static Members of(Tree mapping) {
        Members members = new Members();
        ((Tree.Mapping) mapping).members().forEach(member -> members.values.put(member.key(), member.value()));
        return members;
    }

    boolean has(String key) {
        return values.containsKey(key);
    }

    /** Where the value of a key that is there begins. */
    Place place(String key) {
        Tree value = values.get(key);
        return value == null ? Place.FILE : value.at();
    }

    Optional<String> text(String key) {
        return values.get(key) instanceof Tree.Scalar scalar ? Optional.of(scalar.text()) : Optional.empty();
    }

    boolean bool(String key, boolean otherwise) {
        return values.get(key) instanceof Tree.Scalar scalar ? (Boolean) scalar.value() : otherwise;
    }

    int integer(String key, int otherwise) {
        return values.get(key) instanceof Tree.Scalar scalar ? ((Number) scalar.value()).intValue() : otherwise;
    }

    /** The members of an inner mapping; none where it is not there. */
    Members inner(String key) {
        Tree inner = values.get(key);
        return inner == null ? new Members() : of(inner);
    }

    Map<String, Tree> members(String key) {
        return inner(key).values;
    }

    List<Tree> items(String key) {
        return values.get(key) instanceof Tree.Sequence sequence ? sequence.items() : List.of();
    }

    /** A list of scalars as they are written. */
    List<String> list(String key) {
        return items(key).stream().map(item -> ((Tree.Scalar) item).text()).toList();
    }

    /** A mapping of scalars as they are written. */
    Map<String, String> texts(String key) {
        Map<String, String> texts = new LinkedHashMap<>();
        members(key).forEach((name, value) -> texts.put(name, ((Tree.Scalar) value).text()));
        return Collections.unmodifiableMap(texts);
    }

    /** Everything, as plain Java values. */
    Map<String, Object> plain() {
        Map<String, Object> plain = new LinkedHashMap<>();
        values.forEach((key, value) -> plain.put(key, plain(value)));
        return Collections.unmodifiableMap(plain);
    }

    private static Object plain(Tree tree) {
        return switch (tree) {
            case Tree.Scalar scalar -> scalar.value();
            case Tree.Sequence sequence -> {
                List<Object> items = new ArrayList<>();
                sequence.items().forEach(item -> items.add(plain(item)));
                yield Collections.unmodifiableList(items);
            }
            case Tree.Mapping mapping -> of(mapping).plain();
        };
    }
}
