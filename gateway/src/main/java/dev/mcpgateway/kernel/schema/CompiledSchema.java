// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.json.Sight;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A schema that values can be checked by. It is kept as its text; what the validator library makes of it comes with the
 * first check, and goes again where others need the room. Immutable and thread-safe.
 */
public final class CompiledSchema {

    // Measured: what the library, the tree and RE2/J's programs take.
    private static final long BYTES_PER_SUBSCHEMA = 512;
    private static final long BYTES_PER_BYTE_OF_TEXT = 20;
    private static final long BYTES_PER_ATOM = 64;

    private final JsonValue text;
    private final JsonValue listed;
    private final SchemaText key;
    private final int subschemas;
    private final long weight;
    private final boolean hasPatterns;
    private final Optional<String> foreignPattern;
    private final boolean cheap;
    private final boolean objectAtRoot;
    private final Sight sight;
    private volatile CompiledForms.@Nullable Form form; // that was used last

    /** @param text in bytes of its own */
    CompiledSchema(JsonValue text, SchemaInspection inspection) throws SchemaRefusedException {
        this.text = text;
        this.listed = ListedText.of(text, inspection);
        this.key = new SchemaText(text);
        this.subschemas = inspection.positions().size();
        this.weight = subschemas * BYTES_PER_SUBSCHEMA
                + text.length() * BYTES_PER_BYTE_OF_TEXT
                + inspection.patterns().atoms() * BYTES_PER_ATOM;
        this.hasPatterns = !inspection.patterns().isEmpty();
        this.foreignPattern = inspection.patterns().foreign();
        this.cheap = Flow.isCheap(inspection.positions());
        this.objectAtRoot = inspection.isObjectAtRoot();
        this.sight = inspection.sight();
    }

    /** The schema itself. */
    public JsonValue text() {
        return text;
    }

    /** As it stands in a list, beside those of others: see {@link ListedText}. */
    public JsonValue listed() {
        return listed;
    }

    /** A pattern of it that clients cannot compile, if there is one; some lose the whole list by it. */
    public Optional<String> foreignPattern() {
        return foreignPattern;
    }

    /** How many schemas it is made of, itself included. */
    public int subschemas() {
        return subschemas;
    }

    /**
     * Whether the next check can begin at once. Where not, it first makes what it needs, which takes about as long as
     * reading the schema did: milliseconds for a large one.
     */
    public boolean isCompiled() {
        CompiledForms.Form known = form;
        return known != null && known.isThere();
    }

    /** Whether a check of what is not large is a matter of microseconds now. */
    public boolean isQuick() {
        return cheap && isCompiled();
    }

    CompiledForms.@Nullable Form form() {
        return form;
    }

    void form(CompiledForms.Form found) {
        form = found;
    }

    SchemaText key() {
        return key;
    }

    /** An estimate of the bytes that its compiled form takes. */
    long weight() {
        return weight;
    }

    /**
     * Checks a value. Takes about a microsecond for a schema like those of the demo tools, and is ended, with one
     * violation that says so, where it would take more than about 250 ms and more than the size of the value explains.
     *
     * @param instance not changed meanwhile, and at most 64 levels deep for the result to be about the schema
     * @return what is wrong with it, at most five; empty when it conforms
     */
    public List<Violation> validate(JsonNode instance) {
        return validate(instance, () -> false);
    }

    /**
     * Checks a value as long as somebody waits for the result.
     *
     * @param isOver whether nobody does any more; asked on this thread, every millisecond or so. The check ends within
     *     50 ms of its becoming true
     * @return as {@link #validate(JsonNode)}; where it was over first, one violation that says so
     */
    public List<Violation> validate(JsonValue value, BooleanSupplier isOver) {
        return validate(value.tree(sight, isOver), isOver);
    }

    List<Violation> validate(JsonNode instance, BooleanSupplier isOver) {
        Schema schema;
        try {
            schema = CompiledForms.SHARED.of(this);
        } catch (SchemaRefusedException refused) {
            return List.of(new Violation("", "cannot be checked, because its schema " + refused.reason()));
        }
        Evaluation evaluation = new Evaluation(instance, isOver);
        if (hasPatterns) {
            evaluation.enter();
        }
        try {
            schema.validate(evaluation, instance);
        } catch (Evaluation.Enough enough) {
            // there are as many as are shown
        } catch (BudgetExceeded exceeded) {
            return List.of(Reason.of(exceeded));
        } catch (StackOverflowError tooDeep) {
            return List.of(Reason.of(Evaluation.tooDeep()));
        } finally {
            if (hasPatterns) {
                evaluation.leave();
            }
        }
        List<Error> found = evaluation.found();
        if (found.isEmpty()) {
            return List.of();
        }
        List<Violation> violations = new ArrayList<>(found.size());
        for (Error error : found) {
            violations.add(Reason.of(error));
        }
        return List.copyOf(violations);
    }

    /** The names that one which is not allowed may have been meant for: those of the schema that does not allow it. */
    public Collection<String> allowedBeside(Violation violation) {
        return violation
                .closedBy()
                .map(closing -> text.tree().at(closing).path("properties").propertyNames())
                .orElse(List.of());
    }

    /**
     * Whether checking takes time in proportion to the value, with a small factor (see {@link Flow#isCheap}), so that it
     * may be done on a thread that others wait for.
     */
    public boolean isCheap() {
        return cheap;
    }

    /** How far it looks into a value. */
    public Sight sight() {
        return sight;
    }

    /** Whether the root says {@code "type": "object"}, which MCP asks of a tool's schemas. */
    public boolean isObjectAtRoot() {
        return objectAtRoot;
    }
}
