package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Schema;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What the validator library has made of schemas, within a budget of memory: where that is used up, what was not used for
 * longest goes first and is made again when it is needed. Schemas of equal text share one; beyond that they do not know of
 * each other. Thread-safe.
 */
final class CompiledForms {

    /** Of the whole process. */
    static final CompiledForms SHARED = new CompiledForms(Runtime.getRuntime().maxMemory() / 16);

    private final long budget;
    private final Map<SchemaText, Form> forms = new LinkedHashMap<>(16, 0.75f, true); // this and below guarded by it
    private long used;

    private record Form(Schema schema, long weight) {}

    /** @param budget bytes, as {@link CompiledSchema#weight} estimates them */
    CompiledForms(long budget) {
        this.budget = budget;
    }

    /**
     * Finds it, or makes it on this thread.
     *
     * @throws SchemaRefusedException where the library cannot do with it
     */
    Schema of(CompiledSchema schema) throws SchemaRefusedException {
        synchronized (forms) {
            Form known = forms.get(schema.key());
            if (known != null) {
                return known.schema;
            }
        }
        Form made = new Form(Compilation.of(schema.text()), schema.weight());
        synchronized (forms) {
            Form other = forms.putIfAbsent(schema.key(), made);
            if (other != null) {
                return other.schema;
            }
            used += made.weight;
            makeRoom();
        }
        return made.schema;
    }

    boolean has(SchemaText schema) {
        synchronized (forms) {
            return forms.containsKey(schema);
        }
    }

    private void makeRoom() {
        Iterator<Form> oldest = forms.values().iterator();
        while (used > budget && oldest.hasNext()) {
            used -= oldest.next().weight;
            oldest.remove();
        }
    }
}
