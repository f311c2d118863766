// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.kernel.catalog.Catalog.Page;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** All of one kind, in order, and what of it is listed. Immutable. */
final class PagedList<E extends Entry> {

    private final List<E> listed;
    private final Map<String, Integer> places;

    /**
     * @param known what everything is listed by, listed now or not: cursors stand for places among these
     * @param listed some of them, in the same order
     */
    PagedList(List<String> known, List<E> listed) {
        this.listed = List.copyOf(listed);
        this.places = HashMap.newHashMap(known.size());
        for (int i = 0; i < known.size(); i++) {
            places.put(known.get(i), i);
        }
    }

    List<E> listed() {
        return listed;
    }

    boolean listsTheSame(PagedList<?> other) {
        return listed.equals(other.listed);
    }

    Optional<Page> page(@Nullable String cursor) {
        int from = 0;
        if (cursor != null) {
            Integer place = places.get(decoded(cursor));
            if (place == null) {
                return Optional.empty();
            }
            while (from < listed.size() && places.getOrDefault(listed.get(from).listedAs(), 0) <= place) {
                from++;
            }
        }
        int to = Math.min(from + Catalog.PAGE, listed.size());
        List<E> entries = listed.subList(from, to);
        return Optional.of(new Page(
                entries,
                to < listed.size() ? Optional.of(encoded(entries.getLast().listedAs())) : Optional.empty()));
    }

    private static String encoded(String name) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(name.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String cursor) {
        try {
            return new String(Base64.getUrlDecoder().decode(cursor), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notOurs) {
            return "";
        }
    }
}
