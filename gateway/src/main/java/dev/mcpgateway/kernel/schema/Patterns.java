// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.regex.RegularExpression;
import com.networknt.schema.regex.RegularExpressionFactory;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * The regular expressions of one schema. RE2/J runs them, in time linear in the text; what it cannot compile (look-around,
 * back references) is run by java.util.regex, which backtracks, under a limit of reads. Filled while the schema is
 * inspected, read-only from then on.
 */
final class Patterns implements RegularExpressionFactory {

    private static final int MAX_LENGTH = 4_096;
    private static final int SHOWN = 80;
    // RE2/J writes repetitions out: `(a{1000}){1000}` would fill the memory.
    private static final int MAX_EXPANDED = 5_000;
    // RE2/J's work is its program's size for every character; up to this much the clock need not be looked at.
    private static final long UNMETERED_WORK = 100_000;
    private static final long READS = 500_000;
    private static final int READS_PER_CHARACTER = 10;

    // Together, in one schema: each atom takes about a microsecond to compile and some 60 bytes.
    static final int MAX_ATOMS = 50_000;

    private final Map<String, RegularExpression> compiled = new HashMap<>();
    private int atoms;
    private @Nullable String foreign;

    /** @param pointer where it stands in the schema */
    void add(String pattern, String pointer) throws SchemaRefusedException {
        if (compiled.containsKey(pattern)) {
            return;
        }
        if (pattern.length() > MAX_LENGTH) {
            throw Refusal.at(pointer, "is a pattern of more than " + MAX_LENGTH + " characters");
        }
        atoms += Math.min(EcmaPattern.expandedSize(pattern), MAX_EXPANDED);
        if (atoms > MAX_ATOMS) {
            throw Refusal.at(
                    pointer,
                    "is a pattern too many: with repetitions written out, those of the schema have more than "
                            + MAX_ATOMS + " characters");
        }
        if (foreign == null && !UnicodeModePattern.is(pattern)) {
            foreign = pattern;
        }
        try {
            compiled.put(pattern, compile(pattern));
        } catch (PatternSyntaxException | StackOverflowError e) {
            throw Refusal.at(pointer, "is not a regular expression");
        }
    }

    /** How much there is to all of them, with counted repetitions written out. */
    int atoms() {
        return atoms;
    }

    /** One that strict clients cannot compile (see {@link UnicodeModePattern}), cut where it is long. */
    Optional<String> foreign() {
        return Optional.ofNullable(foreign).map(pattern -> PlainText.oneLine(pattern, SHOWN));
    }

    boolean isEmpty() {
        return compiled.isEmpty();
    }

    /** For the validator library, which knows no pattern that was not inspected. */
    @Override
    public RegularExpression getRegularExpression(String pattern) {
        RegularExpression expression = compiled.get(pattern);
        if (expression == null) {
            throw new IllegalStateException("a pattern that was not inspected");
        }
        return expression;
    }

    private static RegularExpression compile(String pattern) {
        if (EcmaPattern.expandedSize(pattern) <= MAX_EXPANDED) {
            try {
                return new Linear(com.google.re2j.Pattern.compile(pattern));
            } catch (com.google.re2j.PatternSyntaxException e) {
                // not RE2 syntax: below
            }
        }
        return new Backtracking(Pattern.compile(EcmaPattern.toJava(pattern)));
    }

    private record Linear(com.google.re2j.Pattern pattern) implements RegularExpression {
        @Override
        public boolean matches(String text) {
            int size = pattern.programSize();
            long work = (long) size * text.length();
            Evaluation evaluation = Evaluation.current();
            if (work <= UNMETERED_WORK) {
                evaluation.charge(work >> 3); // a step of RE2/J costs about 8 ns, one of evaluation 50
                return pattern.matcher(text).find();
            }
            int costOfRead = Math.max(1, size >> 3);
            return pattern.matcher(new MeteredText(text, evaluation, costOfRead, Long.MAX_VALUE))
                    .find();
        }
    }

    private record Backtracking(Pattern pattern) implements RegularExpression {
        @Override
        public boolean matches(String text) {
            long limit = READS + (long) READS_PER_CHARACTER * text.length();
            Matcher matcher = pattern.matcher(new MeteredText(text, Evaluation.current(), 1, limit));
            try {
                return matcher.find();
            } catch (StackOverflowError e) {
                throw new BudgetExceeded("holds a text on which a pattern of the schema goes too deep");
            }
        }
    }
}
