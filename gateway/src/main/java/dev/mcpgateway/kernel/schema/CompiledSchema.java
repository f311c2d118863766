package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/** A schema ready to check values. Immutable and thread-safe. */
public final class CompiledSchema {

    private final Schema schema;
    private final boolean hasPatterns;
    private final boolean cheap;
    private final boolean objectAtRoot;

    CompiledSchema(Schema schema, boolean hasPatterns, boolean cheap, boolean objectAtRoot) {
        this.schema = schema;
        this.hasPatterns = hasPatterns;
        this.cheap = cheap;
        this.objectAtRoot = objectAtRoot;
    }

    /**
     * Checks a value. Takes less than a microsecond for a schema like those of the demo tools, and is ended, with one
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
    public List<Violation> validate(JsonNode instance, BooleanSupplier isOver) {
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

    /**
     * Whether checking takes time in proportion to the value, with a small factor (see {@link Flow#isCheap}), so that it
     * may be done on a thread that others wait for.
     */
    public boolean isCheap() {
        return cheap;
    }

    /** Whether the root says {@code "type": "object"}, which MCP asks of a tool's schemas. */
    public boolean isObjectAtRoot() {
        return objectAtRoot;
    }
}
