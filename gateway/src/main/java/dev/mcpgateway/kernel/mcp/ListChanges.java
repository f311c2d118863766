// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.mcp;

import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.Kind;
import dev.mcpgateway.kernel.exchange.NotificationSink;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;

/**
 * Which lists one client was given, and the notifications that they have changed, which it is owed while there is no room.
 * Thread-safe.
 */
final class ListChanges {

    private final NotificationSink outlet;
    private final Supplier<Catalog> catalog;
    private final Map<Kind, Catalog> listed = new ConcurrentHashMap<>(); // what the client's first pages were of
    private final AtomicBoolean owesChanges = new AtomicBoolean();
    private final AtomicBoolean owesAll = new AtomicBoolean(); // whatever it was given

    ListChanges(NotificationSink outlet, Supplier<Catalog> catalog) {
        this.outlet = outlet;
        this.catalog = catalog;
    }

    /** The client is given the first page of a list. */
    void onFirstPage(Kind kind, Catalog of) {
        listed.put(kind, of);
    }

    /** Whether the client has not been given any list yet. */
    boolean isNothingListed() {
        return listed.isEmpty();
    }

    /** Tells the client which lists, except those it has not asked for yet and those it was given as they are now. */
    void say() {
        Catalog now = catalog.get();
        changed("tools", isOutdated(Kind.TOOLS, now), owesChanges);
        changed("resources", isOutdated(Kind.RESOURCES, now) || isOutdated(Kind.RESOURCE_TEMPLATES, now), owesChanges);
        changed("prompts", isOutdated(Kind.PROMPTS, now), owesChanges);
    }

    void sayAll() {
        for (String list : new String[] {"tools", "resources", "prompts"}) {
            changed(list, true, owesAll);
        }
    }

    /** There is room: what was owed is said once more, where it is still so. */
    void onRoom() {
        if (owesAll.getAndSet(false)) {
            sayAll();
        }
        if (owesChanges.getAndSet(false)) {
            say();
        }
    }

    private void changed(String list, boolean has, AtomicBoolean owed) {
        if (has && !outlet.send(Messages.changed(list))) {
            owed.set(true);
        }
    }

    private boolean isOutdated(Kind kind, Catalog now) {
        Catalog known = listed.get(kind);
        return known != null && !known.listsTheSame(kind, now);
    }
}
