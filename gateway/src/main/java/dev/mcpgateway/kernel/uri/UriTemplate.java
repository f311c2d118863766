// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.uri;

import com.google.re2j.Pattern;
import java.util.Optional;
import java.util.function.BooleanSupplier;

/**
 * A family of URIs (RFC 6570, up to level 4). Whether a URI belongs to it is found out in time linear in the URI, and
 * generously: clients that fill in a template do not always encode what they put in. Immutable and thread-safe.
 */
public final class UriTemplate {

    private static final String WITHIN_SEGMENT = "[^/?#]*";
    private static final String OPERATORS = "+#./;?&";
    private static final int WEIGHT_OF_EXPRESSION = 4;
    private static final int LONGEST_PREFIX_DIGITS = 4;
    private static final String ANYTHING = ".*";
    // Templates that are in use have up to eight; a list of variables, as in {?a,b,c}, is one.
    private static final int MAX_EXPRESSIONS = 16;

    private final String text;
    private final String beginning;
    private final Pattern rest;
    private final int weight;

    private UriTemplate(String text, String beginning, Pattern rest, int weight) {
        this.text = text;
        this.beginning = beginning;
        this.rest = rest;
        this.weight = weight;
    }

    /** @throws UnusableAddressException where the text is no template, or one without a single expression */
    public static UriTemplate parse(String text) throws UnusableAddressException {
        Uris.checkLength(text);
        return new Parser(text).parse();
    }

    public boolean matches(String uri) {
        return matches(uri, () -> false);
    }

    /**
     * @param isOver whether nobody waits for the answer any more; asked on this thread, every millisecond or so. Then it
     *     is false
     */
    public boolean matches(String uri, BooleanSupplier isOver) {
        if (!uri.startsWith(beginning)) {
            return false;
        }
        try {
            return rest.matcher(new MeteredUri(uri.substring(beginning.length()), isOver))
                    .matches();
        } catch (MeteredUri.Abandoned over) {
            return false;
        }
    }

    /** What a match takes for each character of a URI at the worst: the characters that are behind the first expression. */
    public int weight() {
        return weight;
    }

    /** Two templates with one shape have the same members. */
    public String shape() {
        return beginning + '{' + rest.pattern();
    }

    /** What all its members begin with, where that says their scheme; in lower case. */
    public Optional<String> scheme() {
        int end = text.indexOf('{');
        return Uris.scheme(text.substring(0, end));
    }

    @Override
    public String toString() {
        return text;
    }

    private static final class Parser {

        private final String text;
        private final StringBuilder beginning = new StringBuilder();
        private final StringBuilder pattern = new StringBuilder();
        private String last = ""; // what was appended last, where that was an expression
        private int startOfRun; // of expressions that stand side by side
        private int expressions;
        private int weight;
        private int at;

        Parser(String text) {
            this.text = text;
        }

        UriTemplate parse() throws UnusableAddressException {
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '{') {
                    expression();
                } else {
                    literal(c);
                }
            }
            if (expressions == 0) {
                throw new UnusableAddressException("has no expression such as {name}");
            }
            if (expressions > MAX_EXPRESSIONS) {
                throw new UnusableAddressException(
                        "has " + expressions + " expressions, the limit is " + MAX_EXPRESSIONS);
            }
            return new UriTemplate(text, beginning.toString(), Pattern.compile(pattern.toString()), weight);
        }

        /** RFC 6570, section 2.1. */
        private void literal(char c) throws UnusableAddressException {
            if (c <= ' ' || c == 0x7f || "\"'<>\\^`|}".indexOf(c) >= 0) {
                throw malformed();
            }
            if (c == '%') {
                int from = at;
                encoded();
                append(text.substring(from, at));
                return;
            }
            int end = text.offsetByCodePoints(at, 1);
            append(text.substring(at, end));
            at = end;
        }

        private void append(String literal) {
            if (expressions == 0) {
                beginning.append(literal);
                return;
            }
            pattern.append(Pattern.quote(literal));
            weight += literal.length();
            last = "";
        }

        /** Each may stand for nothing: beside one that stands for anything it adds nothing, nor beside its like. */
        private void appendExpression(String part) {
            if (last.equals(ANYTHING) || last.equals(part)) {
                return;
            }
            if (last.isEmpty()) {
                startOfRun = pattern.length();
            } else if (part.equals(ANYTHING)) {
                pattern.setLength(startOfRun);
            }
            pattern.append(part);
            weight += WEIGHT_OF_EXPRESSION;
            last = part;
        }

        /** RFC 6570, section 2.2. */
        private void expression() throws UnusableAddressException {
            at++;
            char operator = OPERATORS.indexOf(peek()) >= 0 ? next() : ' ';
            do {
                variable();
            } while (accept(','));
            if (!accept('}')) {
                throw malformed();
            }
            expressions++;
            appendExpression(
                    switch (operator) {
                        case '+' -> ANYTHING;
                        case '#' -> "(?:#.*)?";
                        case '.' -> "(?:\\." + WITHIN_SEGMENT + ")?";
                        case '/' -> "(?:/[^?#]*)?";
                        case ';' -> "(?:;" + WITHIN_SEGMENT + ")?";
                        case '?' -> "(?:\\?[^#]*)?";
                        case '&' -> "(?:&[^#]*)?";
                        default -> WITHIN_SEGMENT;
                    });
        }

        /** RFC 6570, sections 2.3 and 2.4. */
        private void variable() throws UnusableAddressException {
            int from = at;
            while (true) {
                char c = peek();
                if (c == '%') {
                    encoded();
                } else if (Uris.isLetter(c) || isDigit(c) || c == '_' || (c == '.' && at > from)) {
                    at++;
                } else {
                    break;
                }
            }
            if (at == from || text.charAt(at - 1) == '.') {
                throw malformed();
            }
            if (accept(':')) {
                int digits = at;
                while (isDigit(peek())) {
                    at++;
                }
                if (at == digits || at - digits > LONGEST_PREFIX_DIGITS || text.charAt(digits) == '0') {
                    throw malformed();
                }
            } else {
                accept('*');
            }
        }

        private void encoded() throws UnusableAddressException {
            at++;
            for (int i = 0; i < 2; i++) {
                if (Character.digit(peek(), 16) < 0) {
                    throw malformed();
                }
                at++;
            }
        }

        private char peek() {
            return at < text.length() ? text.charAt(at) : 0;
        }

        private char next() {
            return text.charAt(at++);
        }

        private boolean accept(char c) {
            boolean isIt = peek() == c;
            if (isIt) {
                at++;
            }
            return isIt;
        }

        private static boolean isDigit(char c) {
            return c >= '0' && c <= '9';
        }

        private UnusableAddressException malformed() {
            return new UnusableAddressException("is malformed at index " + at);
        }
    }
}
