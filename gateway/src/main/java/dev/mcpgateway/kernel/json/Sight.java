// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import java.util.Map;

/**
 * How far somebody looks into a JSON value. What is beyond that is checked as strictly as the rest, and no tree is made of it:
 * an empty value of its kind stands in its place. Immutable.
 *
 * @param isWhole whether all of it is looked at, however deep
 * @param seesNames whether the names of an object's members are looked at
 * @param members what is looked at of members, by name; of the others only what kind of value they are
 */
public record Sight(boolean isWhole, boolean seesNames, Map<String, Sight> members) {

    /** Everything. */
    public static final Sight WHOLE = new Sight(true, true, Map.of());
    /** Only what kind of value it is. */
    public static final Sight KIND = new Sight(false, false, Map.of());

    public Sight {
        members = Map.copyOf(members);
    }

    Sight of(String name) {
        return isWhole ? WHOLE : members.getOrDefault(name, KIND);
    }
}
