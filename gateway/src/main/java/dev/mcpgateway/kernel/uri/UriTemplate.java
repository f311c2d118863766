package dev.mcpgateway.kernel.uri;

import com.google.re2j.Pattern;
import java.util.Optional;

/**
 * A family of URIs (RFC 6570, up to level 4). Whether a URI belongs to it is found out in time linear in the URI, and
 * generously: clients that fill in a template do not always encode what they put in. Immutable and thread-safe.
 */
public final class UriTemplate {

    private static final String WITHIN_SEGMENT = "[^/?#]*";
    private static final String OPERATORS = "+#./;?&";
    private static final int LONGEST_PREFIX_DIGITS = 4;
    private static final int MAX_EXPRESSIONS = 64;

    private final String text;
    private final Pattern members;

    private UriTemplate(String text, Pattern members) {
        this.text = text;
        this.members = members;
    }

    /** @throws UnusableAddressException where the text is no template, or one without a single expression */
    public static UriTemplate parse(String text) throws UnusableAddressException {
        Uris.checkLength(text);
        return new Parser(text).parse();
    }

    public boolean matches(String uri) {
        return members.matches(uri);
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
        private final StringBuilder pattern = new StringBuilder();
        private int at;

        Parser(String text) {
            this.text = text;
        }

        UriTemplate parse() throws UnusableAddressException {
            int expressions = 0;
            while (at < text.length()) {
                char c = text.charAt(at);
                if (c == '{') {
                    expression();
                    expressions++;
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
            return new UriTemplate(text, Pattern.compile(pattern.toString()));
        }

        /** RFC 6570, section 2.1. */
        private void literal(char c) throws UnusableAddressException {
            if (c <= ' ' || c == 0x7f || "\"'<>\\^`|}".indexOf(c) >= 0) {
                throw malformed();
            }
            if (c == '%') {
                encoded();
                pattern.append(text, at - 3, at);
                return;
            }
            int end = text.offsetByCodePoints(at, 1);
            pattern.append(Pattern.quote(text.substring(at, end)));
            at = end;
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
            pattern.append(
                    switch (operator) {
                        case '+' -> ".*";
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
