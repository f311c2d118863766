package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * One evaluation of one value: its errors, at most five, and its budget. Belongs to one thread.
 *
 * <p>The budget is time, since the cost of a step varies, and steps, since a thread may have to wait for a processor: an
 * evaluation ends when it has taken 10,000 steps <em>and</em> 250 ms, to which the size of the value adds so much that a
 * cost proportional to it is never refused.
 */
final class Evaluation extends ExecutionContext {

    static final int MAX_ERRORS = 5;

    /** Nested steps: twenty or so for each of 64 levels of the value, and well within half a megabyte of stack. */
    static final int MAX_DEPTH = 1_500;

    private static final int FREE_STEPS = 10_000;
    private static final int STEPS_BETWEEN_CHECKS = 256;
    private static final long BUDGET_NANOS = 250_000_000;
    private static final long NANOS_PER_VALUE = 500;
    private static final long NANOS_PER_CHARACTER = 100;

    private static final ExecutionConfig CONFIG = ExecutionConfig.builder()
            .locale(Locale.ROOT)
            .failFast(false)
            .annotationCollectionEnabled(false)
            .formatAssertionsEnabled(false)
            .build();

    // Regular expressions are called without the context.
    private static final ThreadLocal<Evaluation> CURRENT = new ThreadLocal<>();

    private final JsonNode value;
    private final List<Error> found = new ArrayList<>(1);
    private int depth;
    private long steps;
    private long nextCheck = FREE_STEPS;
    private long started;
    private long allowance = BUDGET_NANOS;
    private boolean allowanceIsExact;

    Evaluation(JsonNode value) {
        super(CONFIG);
        this.value = value;
        setErrors(found);
    }

    /** The evaluation that a regular expression is run for on this thread. */
    static Evaluation current() {
        return CURRENT.get();
    }

    void enter() {
        CURRENT.set(this);
    }

    void leave() {
        CURRENT.remove();
    }

    /** The errors of the whole value, as against those of an alternative that is being tried. */
    List<Error> found() {
        return found;
    }

    /**
     * Five are enough to report, and one is enough for an alternative to fail.
     *
     * @throws Enough when the value's own list is full
     */
    @Override
    public void addError(Error error) {
        List<Error> errors = getErrors();
        if (errors.size() < MAX_ERRORS) {
            errors.add(error);
        }
        if (errors == found && errors.size() >= MAX_ERRORS) {
            throw Enough.INSTANCE;
        }
    }

    /** Called by the library for every keyword it evaluates. */
    @Override
    public void evaluationPathAddLast(String keyword) {
        if (++depth > MAX_DEPTH) {
            throw tooDeep();
        }
        if (++steps >= nextCheck) {
            check();
        }
        super.evaluationPathAddLast(keyword);
    }

    @Override
    public void evaluationPathAddLast(int index) {
        depth++;
        super.evaluationPathAddLast(index);
    }

    @Override
    public void evaluationPathRemoveLast() {
        depth--;
        super.evaluationPathRemoveLast();
    }

    /** Counts work that the library does not see as steps. */
    void charge(long work) {
        steps += work;
        if (steps >= nextCheck) {
            check();
        }
    }

    private void check() {
        nextCheck = steps + STEPS_BETWEEN_CHECKS;
        long now = System.nanoTime();
        if (started == 0) {
            started = now;
        }
        if (now - started <= allowance) {
            return;
        }
        if (!allowanceIsExact) {
            allowanceIsExact = true;
            allowance += costOfSize();
            if (now - started <= allowance) {
                return;
            }
        }
        throw new BudgetExceeded("takes more than 250 ms to check by its schema");
    }

    static BudgetExceeded tooDeep() {
        return new BudgetExceeded("is nested too deep to be checked by its schema");
    }

    private long costOfSize() {
        long cost = 0;
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(value);
        while (!open.isEmpty()) {
            JsonNode node = open.removeLast();
            cost += NANOS_PER_VALUE;
            if (node.isString()) {
                cost += NANOS_PER_CHARACTER * node.stringValue().length();
            }
            node.forEach(open::addLast);
        }
        return cost;
    }

    /** Ends the evaluation of a value of which enough is known. */
    static final class Enough extends RuntimeException {

        private static final long serialVersionUID = 1;

        static final Enough INSTANCE = new Enough();

        private Enough() {
            super(null, null, false, false);
        }
    }
}
