// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

import java.util.List;

/** Equal where what it is made of is equal, so that tests of plugins can compare. Immutable. */
abstract class Value {

    Value() {}

    /** What it is made of, in a fixed order. */
    abstract List<Object> parts();

    @Override
    public final boolean equals(Object other) {
        return other instanceof Value value
                && value.getClass() == getClass()
                && value.parts().equals(parts());
    }

    @Override
    public final int hashCode() {
        return parts().hashCode();
    }

    /** For people; what it looks like may change. */
    @Override
    public final String toString() {
        return getClass().getSimpleName() + parts();
    }
}
