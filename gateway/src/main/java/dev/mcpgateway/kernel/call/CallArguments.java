// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.kernel.json.JsonValue;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A request's arguments: as the client wrote them, and as they are to be passed on. Belongs to the thread that the request moves
 * on on.
 *
 * @param <C> a provider that may be asked, and for what
 */
final class CallArguments<C> {

    private JsonValue given;
    private JsonValue current;
    private @Nullable C checkedFor;

    CallArguments(JsonValue given) {
        this.given = given;
        this.current = given;
    }

    /** As they are to be passed on. */
    JsonValue current() {
        return current;
    }

    /** What is wrong with them before any schema is looked at. */
    Optional<String> fault(String name, int payloadLimit) {
        String what = "arguments of '" + name + "' ";
        if (given.length() > payloadLimit) {
            return Optional.of(what + "have " + given.length() + " bytes, the limit is " + payloadLimit + " bytes");
        }
        if (given.depth() > Calls.MAX_DEPTH) {
            return Optional.of(what + "are nested more than " + Calls.MAX_DEPTH + " levels deep");
        }
        return given.isObject() ? Optional.empty() : Optional.of(what + "must be an object");
    }

    /**
     * They have come out of a chain.
     *
     * @param entered as they were written for {@code first}, whose schema they have passed
     * @param left the same, or others, which have passed that schema too
     */
    void onIntercepted(JsonValue entered, JsonValue left, C first) {
        if (!isSame(left, entered)) {
            current = left;
        } else if (!isSame(entered, given)) {
            current = given; // as the client wrote them: each provider reads them its own way
        }
        checkedFor = isSame(current, left) ? first : null;
    }

    /** Whether they have passed that candidate's schema as they are. */
    @SuppressWarnings("ReferenceEquality") // one candidate is one object
    boolean areCheckedFor(C candidate) {
        return candidate == checkedFor;
    }

    /** Others are asked than the one they were checked for. */
    void checkAgain() {
        checkedFor = null;
    }

    /** Lets go of what they hold in memory. */
    void release() {
        given = JsonValue.emptyObject();
        current = given;
    }

    @SuppressWarnings("ReferenceEquality") // what nobody has changed is the same object
    private static boolean isSame(JsonValue one, JsonValue other) {
        return one == other;
    }
}
