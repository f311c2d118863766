// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The members of an object that has few, in one array. A hash table would have ten times the bytes of the text that it stands for,
 * and a message may consist of a million such objects. Immutable.
 */
final class FewMembers extends AbstractMap<String, JsonNode> {

    /** Up to as many are found by looking at one after the other. */
    static final int MOST = 8;

    private final Object[] namesAndValues;

    /** @param namesAndValues in turn; no name twice */
    FewMembers(Object[] namesAndValues) {
        this.namesAndValues = namesAndValues;
    }

    @Override
    public @Nullable JsonNode get(@Nullable Object name) {
        for (int i = 0; i < namesAndValues.length; i += 2) {
            if (namesAndValues[i].equals(name)) {
                return (JsonNode) namesAndValues[i + 1];
            }
        }
        return null;
    }

    @Override
    public boolean containsKey(@Nullable Object name) {
        return get(name) != null;
    }

    @Override
    public int size() {
        return namesAndValues.length / 2;
    }

    @Override
    public Set<Entry<String, JsonNode>> entrySet() {
        return new AbstractSet<>() {
            @Override
            public Iterator<Entry<String, JsonNode>> iterator() {
                return new Entries();
            }

            @Override
            public int size() {
                return FewMembers.this.size();
            }
        };
    }

    private final class Entries implements Iterator<Entry<String, JsonNode>> {

        private int at;

        @Override
        public boolean hasNext() {
            return at < namesAndValues.length;
        }

        @Override
        public Entry<String, JsonNode> next() {
            if (!hasNext()) {
                throw new NoSuchElementException();
            }
            at += 2;
            return Map.entry((String) namesAndValues[at - 2], (JsonNode) namesAndValues[at - 1]);
        }
    }
}
