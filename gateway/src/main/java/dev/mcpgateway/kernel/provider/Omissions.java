// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.kernel.provider.Offering.LeftOut;
import java.util.ArrayList;
import java.util.List;

/** What is left out of one kind: the first hundred by name and reason, the others by their number. Not thread-safe. */
public final class Omissions {

    private static final int NAMED = 100;

    private final String kind;
    private final List<LeftOut> named = new ArrayList<>();
    private int unnamed;

    /** @param kind {@code tool}, {@code resource} or {@code prompt} */
    public Omissions(String kind) {
        this.kind = kind;
    }

    public void add(String name, String reason) {
        if (named.size() < NAMED) {
            named.add(new LeftOut(kind, name, reason));
        } else {
            unnamed++;
        }
    }

    /** Those there are until now, at most a hundred and one. */
    public List<LeftOut> listed() {
        List<LeftOut> all = new ArrayList<>(named);
        if (unnamed > 0) {
            all.add(new LeftOut(kind, "(" + unnamed + " more)", "only the first " + NAMED + " are named"));
        }
        return List.copyOf(all);
    }
}
