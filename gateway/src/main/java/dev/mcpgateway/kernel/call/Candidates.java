// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The providers that may be asked for one request, one after the other where they stand in for each other: past those that are
 * down. Belongs to the thread that the request moves on on.
 *
 * @param <C> a provider that may be asked, and for what
 */
final class Candidates<C> {

    private final CallKind<C, ?> kind;
    private final List<C> all;
    private final Iterator<C> left;
    private @Nullable C down;
    private boolean someoneSaidNo;

    Candidates(CallKind<C, ?> kind, List<C> all) {
        this.kind = kind;
        this.all = all;
        this.left = all.iterator();
    }

    boolean isEmpty() {
        return all.isEmpty();
    }

    /** Where none is, the first: to say why. */
    C firstAvailable() {
        for (C each : all) {
            if (kind.slot(each).status().isAvailable()) {
                return each;
            }
        }
        return all.getFirst();
    }

    /** Who is to be asked next; null where there is nobody left. */
    @Nullable C next() {
        while (left.hasNext()) {
            C each = left.next();
            if (!kind.failsOver() || kind.slot(each).status().isAvailable()) {
                return each;
            }
            if (down == null) {
                down = each;
            }
        }
        C last = someoneSaidNo ? null : down;
        down = null; // asked once, to say why it is not there
        return last;
    }

    /** One that was asked has no such thing. */
    void onMissing() {
        someoneSaidNo = true;
    }

    boolean isMissing() {
        return someoneSaidNo;
    }
}
