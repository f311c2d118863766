// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import com.networknt.schema.Schema;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;

/**
 * What the validator library has made of schemas, within a budget of memory: where that is used up, what was not used for
 * longest goes first, roughly, and is made again when it is needed. Schemas of equal text share one; beyond that they do not know of
 * each other. Thread-safe.
 */
final class CompiledForms {

    /** Of the whole process. */
    static final CompiledForms SHARED = new CompiledForms(Runtime.getRuntime().maxMemory() / 16);

    private final long budget;

    @GuardedBy("forms") private final Map<SchemaText, Form> forms = new HashMap<>();

    @GuardedBy("forms") private long used;

    private long uses; // a race loses one, which is no harm

    /** What was made of one text. */
    static final class Form {

        private final Schema schema;
        private final long weight;
        private volatile boolean isDropped;
        private long usedAt; // likewise

        private Form(Schema schema, long weight) {
            this.schema = schema;
            this.weight = weight;
        }

        boolean isThere() {
            return !isDropped;
        }
    }

    /** @param budget bytes, as {@link CompiledSchema#weight} estimates them */
    CompiledForms(long budget) {
        this.budget = budget;
    }

    /**
     * Finds it, or makes it on this thread. What the schema remembers is found without a lock.
     *
     * @throws SchemaRefusedException where the library cannot do with it
     */
    Schema of(CompiledSchema schema) throws SchemaRefusedException {
        Form form = schema.form();
        if (form == null || form.isDropped) {
            form = shared(schema);
            schema.form(form);
        }
        if (form.usedAt != uses) { // it was not the last
            form.usedAt = ++uses;
        }
        return form.schema;
    }

    private Form shared(CompiledSchema schema) throws SchemaRefusedException {
        synchronized (forms) {
            Form known = forms.get(schema.key());
            if (known != null) {
                return known;
            }
        }
        Form made = new Form(Compilation.of(schema.text()), schema.weight());
        made.usedAt = ++uses;
        synchronized (forms) {
            Form other = forms.putIfAbsent(schema.key(), made);
            if (other != null) {
                return other;
            }
            used += made.weight;
            makeRoom();
            return made;
        }
    }

    /** Looks at all: that is less than what it took to make the newcomer. */
    @GuardedBy("forms") private void makeRoom() {
        while (used > budget && !forms.isEmpty()) {
            Map.Entry<SchemaText, Form> oldest =
                    Collections.min(forms.entrySet(), Comparator.comparingLong(each -> each.getValue().usedAt));
            forms.remove(oldest.getKey());
            oldest.getValue().isDropped = true;
            used -= oldest.getValue().weight;
        }
    }

    boolean has(SchemaText schema) {
        synchronized (forms) {
            return forms.containsKey(schema);
        }
    }
}
