// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Error;
import com.networknt.schema.ExecutionConfig;
import com.networknt.schema.ExecutionContext;
import com.networknt.schema.annotation.Annotations;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;
import tools.jackson.databind.JsonNode;

/**
 * One evaluation of one value: its errors, at most five, and its budget. Belongs to one thread.
 *
 * <p>The budget is steps, as many as take up to 250 ms, and more in proportion to the size of the value, so that a cost
 * that is linear in it is never refused, and neither is a call that only waited for a processor. The processor's time is
 * looked at too, for the few steps that can take long (arithmetic on huge numbers). Whoever wants the result says when nobody wants it any
 * more.
 */
final class Evaluation extends ExecutionContext {

    static final int MAX_ERRORS = 5;

    /** Nested steps: twenty or so for each of 64 levels of the value, and well within half a megabyte of stack. */
    static final int MAX_DEPTH = 1_500;

    // A step takes 50 to 60 ns.
    private static final long STEPS = 2_000_000;
    private static final long STEPS_PER_VALUE = 64;
    private static final int STEPS_PER_ANNOTATION = 16;
    private static final long STEPS_PER_CHARACTER = 8;
    // A single one takes some milliseconds where a text or a list of names is as large as a message may be.
    private static final int STEPS_BETWEEN_LOOKS = 8;
    private static final long NANOS_BETWEEN_CHECKS = 1_000_000;
    private static final int VALUES_BETWEEN_CHECKS = 16_384;
    private static final long NANOS = 2_500_000_000L;
    private static final long NANOS_PER_STEP = 60;

    private static final long NOT_YET = -1;

    private static final ExecutionConfig CONFIG = ExecutionConfig.builder()
            .locale(Locale.ROOT)
            .failFast(false)
            .annotationCollectionEnabled(false)
            .formatAssertionsEnabled(false)
            .build();

    // Regular expressions are called without the context.
    private static final ThreadLocal<Evaluation> CURRENT = new ThreadLocal<>();

    private final JsonNode value;
    private final BooleanSupplier isAbandoned;
    private final List<Error> found = new ArrayList<>(1);
    private int depth;
    private long steps;
    private long nextLook = STEPS_BETWEEN_LOOKS;
    private long started;
    private long checked;
    private long startedOnProcessor = NOT_YET;
    private long allowed = STEPS;
    private boolean sizeIsCounted;

    /** @param isAbandoned whether nobody waits for the result any more; asked every millisecond or so */
    Evaluation(JsonNode value, BooleanSupplier isAbandoned) {
        super(CONFIG);
        this.value = value;
        this.isAbandoned = isAbandoned;
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
        charge(1); // one keyword may find as many as there are names in the schema
        List<Error> errors = getErrors();
        if (errors.size() < MAX_ERRORS) {
            errors.add(error);
        }
        if (errors == found && errors.size() >= MAX_ERRORS) {
            throw Enough.INSTANCE;
        }
    }

    /** Called by the library for what {@code unevaluatedProperties} and its like are told: each is kept to the end. */
    @Override
    public Annotations getAnnotations() {
        charge(STEPS_PER_ANNOTATION);
        return super.getAnnotations();
    }

    /** Called by the library for every keyword it evaluates. */
    @Override
    public void evaluationPathAddLast(String keyword) {
        if (++depth > MAX_DEPTH) {
            throw tooDeep();
        }
        if (++steps >= nextLook) {
            look();
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
        if (steps >= nextLook) {
            look();
        }
    }

    private void look() {
        nextLook = steps + STEPS_BETWEEN_LOOKS;
        long now = System.nanoTime();
        if (started == 0) {
            started = now;
            checked = now;
        }
        if (now - checked >= NANOS_BETWEEN_CHECKS) {
            checked = now;
            checkThatItIsWanted();
            if (startedOnProcessor == NOT_YET) {
                startedOnProcessor = timeOnProcessor();
            }
        }
        if (isOver(now) && !sizeIsCounted) {
            sizeIsCounted = true;
            allowed += stepsForSize();
        }
        if (isOver(now)) {
            throw new BudgetExceeded("takes too long to check by its schema");
        }
    }

    private void checkThatItIsWanted() {
        if (isAbandoned.getAsBoolean()) {
            throw new BudgetExceeded("was not checked to the end, because its call was over before");
        }
    }

    private boolean isOver(long now) {
        long nanos = NANOS + NANOS_PER_STEP * (allowed - STEPS);
        return steps > allowed || (now - started > nanos && timeOnProcessor() - startedOnProcessor > nanos);
    }

    private static long timeOnProcessor() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    static BudgetExceeded tooDeep() {
        return new BudgetExceeded("is nested too deep to be checked by its schema");
    }

    private long stepsForSize() {
        long forSize = 0;
        int untilCheck = VALUES_BETWEEN_CHECKS;
        Deque<JsonNode> open = new ArrayDeque<>();
        open.add(value);
        while (!open.isEmpty()) {
            for (JsonNode node : open.removeLast()) {
                forSize += stepsFor(node);
                if (node.isContainer()) {
                    open.addLast(node);
                }
                if (--untilCheck == 0) {
                    untilCheck = VALUES_BETWEEN_CHECKS;
                    checkThatItIsWanted();
                }
            }
        }
        return forSize + stepsFor(value);
    }

    private static long stepsFor(JsonNode node) {
        return STEPS_PER_VALUE
                + (node.isString() ? STEPS_PER_CHARACTER * node.stringValue().length() : 0);
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
