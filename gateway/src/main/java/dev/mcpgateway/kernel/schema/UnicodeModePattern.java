// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * Whether a pattern is one in JavaScript's Unicode mode (ECMA-262, section 22.2.1 with {@code [+UnicodeMode]}), which JSON Schema asks for
 * (draft 2020-12, core, section 6.4) and which strict clients compile patterns in. The engines that run patterns here take more. What
 * came with ECMAScript 2025, modifiers and names that are given twice, is not taken yet: many clients run on older engines.
 */
final class UnicodeModePattern {

    private static final int MOST_NESTED = 500;
    private static final String SYNTAX = "^$\\.*+?()[]{}|";
    private static final int LAST_CHARACTER = 0x10FFFF;
    private static final int NO_CHARACTER = -1;

    private static final Set<String> CATEGORY = words("""
            C Cc Cf Cn Co Cs L LC Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk
            Sm So Z Zl Zp Zs Other Control Format Letter Cased_Letter Lowercase_Letter Modifier_Letter
            Other_Letter Titlecase_Letter Uppercase_Letter Mark Number Decimal_Number Letter_Number
            Other_Number Punctuation Symbol Currency_Symbol Math_Symbol Separator Space_Separator
            """);
    private static final Set<String> BINARY = words("""
            ASCII Alphabetic Alpha Any Assigned ASCII_Hex_Digit AHex Cased Dash Emoji Hex_Digit Hex
            ID_Continue IDC ID_Start IDS Ideographic Ideo Lowercase Lower Math Uppercase Upper
            White_Space space XID_Continue XIDC XID_Start XIDS
            """);
    private static final Set<String> OF_CATEGORY = Set.of("General_Category", "gc");
    private static final Set<String> OF_SCRIPT = Set.of("Script", "sc", "Script_Extensions", "scx");

    private final String text;
    private final Set<String> names = new HashSet<>();
    private final Set<String> referredTo = new HashSet<>();
    private int at;
    private int groups;
    private int highestReference;

    /** It is not one. */
    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        Wrong() {
            super(null, null, false, false);
        }
    }

    private UnicodeModePattern(String text) {
        this.text = text;
    }

    static boolean is(String pattern) {
        try {
            new UnicodeModePattern(pattern).pattern();
            return true;
        } catch (Wrong e) {
            return false;
        }
    }

    private static Set<String> words(String text) {
        return Set.of(text.strip().split("\\s+"));
    }

    private void pattern() throws Wrong {
        disjunction(0);
        require(at == text.length() && highestReference <= groups && names.containsAll(referredTo));
    }

    private void disjunction(int depth) throws Wrong {
        require(depth <= MOST_NESTED);
        while (at < text.length() && peek() != ')') {
            if (!take("|")) {
                term(depth);
            }
        }
    }

    private void term(int depth) throws Wrong {
        if (take("^") || take("$") || take("\\b") || take("\\B")) {
            return;
        }
        for (String assertion : new String[] {"(?=", "(?!", "(?<=", "(?<!"}) {
            if (take(assertion)) {
                disjunction(depth + 1);
                require(take(")"));
                return;
            }
        }
        if (take("(")) {
            if (take("?<")) {
                groups++;
                require(names.add(name()));
            } else if (!take("?:")) {
                groups++;
                require(peek() != '?');
            }
            disjunction(depth + 1);
            require(take(")"));
        } else if (take("[")) {
            characters();
        } else if (take("\\")) {
            atomEscape();
        } else {
            int c = next();
            require(c == '.' || SYNTAX.indexOf(c) < 0);
        }
        quantifier();
    }

    private void quantifier() throws Wrong {
        if (take("{")) {
            long least = number();
            long most = least;
            if (take(",")) {
                most = peek() == '}' ? Long.MAX_VALUE : number();
            }
            require(take("}") && least <= most);
        } else if (!take("*") && !take("+") && !take("?")) {
            return;
        }
        take("?");
    }

    private void atomEscape() throws Wrong {
        int c = peek();
        if (c >= '1' && c <= '9') {
            highestReference = (int) Math.min(Integer.MAX_VALUE, Math.max(highestReference, number()));
        } else if (take("k<")) {
            referredTo.add(name());
        } else if (!takesClass()) {
            character();
        }
    }

    private void characters() throws Wrong {
        take("^");
        while (!take("]")) {
            int from = classAtom();
            if (peek() == '-' && at + 1 < text.length() && text.charAt(at + 1) != ']') {
                at++;
                int to = classAtom();
                require(from != NO_CHARACTER && to != NO_CHARACTER && from <= to);
            }
        }
    }

    private int classAtom() throws Wrong {
        if (!take("\\")) {
            return next();
        }
        if (takesClass()) {
            return NO_CHARACTER;
        }
        if (take("b")) {
            return '\b';
        }
        return take("-") ? '-' : character();
    }

    /** Behind a backslash: {@code d}, {@code p{…}} and the like. */
    private boolean takesClass() throws Wrong {
        int c = peek();
        if (c == 'p' || c == 'P') {
            at++;
            require(take("{"));
            int end = text.indexOf('}', at);
            require(end > at && isProperty(text.substring(at, end)));
            at = end + 1;
            return true;
        }
        if (c >= 0 && "dDsSwW".indexOf(c) >= 0) {
            at++;
            return true;
        }
        return false;
    }

    private static boolean isProperty(String property) {
        int equals = property.indexOf('=');
        if (equals < 0) {
            return CATEGORY.contains(property) || BINARY.contains(property);
        }
        String of = property.substring(0, equals);
        String value = property.substring(equals + 1);
        return OF_CATEGORY.contains(of) ? CATEGORY.contains(value) : OF_SCRIPT.contains(of) && isScript(value);
    }

    private static boolean isScript(String name) {
        try {
            Character.UnicodeScript.forName(name);
            String[] words = name.split("_", -1);
            for (String word : words) { // JavaScript is strict about them: Greek, Old_Italic
                if (word.isEmpty() || !word.equals(capitalized(word))) {
                    return false;
                }
            }
            return true;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static String capitalized(String word) {
        return word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1).toLowerCase(Locale.ROOT);
    }

    /** Behind a backslash: one character. */
    private int character() throws Wrong {
        int c = next();
        switch (c) {
            case 'f', 'n', 'r', 't', 'v' -> {
                return "\f\n\r\t\u000B".charAt("fnrtv".indexOf(c));
            }
            case 'c' -> {
                int letter = next();
                require((letter | 0x20) >= 'a' && (letter | 0x20) <= 'z');
                return letter % 32;
            }
            case '0' -> {
                require(peek() < '0' || peek() > '9');
                return 0;
            }
            case 'x' -> {
                return hexadecimal(2);
            }
            case 'u' -> {
                return unicode();
            }
            default -> {
                require(c == '/' || SYNTAX.indexOf(c) >= 0);
                return c;
            }
        }
    }

    private int unicode() throws Wrong {
        if (!take("{")) {
            int unit = hexadecimal(4);
            if (Character.isHighSurrogate((char) unit) && text.startsWith("\\u", at)) {
                int before = at;
                at += 2;
                if (peek() != '{') {
                    int low = hexadecimal(4);
                    if (Character.isLowSurrogate((char) low)) {
                        return Character.toCodePoint((char) unit, (char) low);
                    }
                }
                at = before;
            }
            return unit;
        }
        int end = text.indexOf('}', at);
        require(end > at);
        int character = 0;
        while (at < end) {
            character = character * 16 + hexadecimal(1);
            require(character <= LAST_CHARACTER);
        }
        at++;
        return character;
    }

    private int hexadecimal(int digits) throws Wrong {
        int value = 0;
        for (int i = 0; i < digits; i++) {
            int digit = Character.digit(next(), 16);
            require(digit >= 0);
            value = value * 16 + digit;
        }
        return value;
    }

    private long number() throws Wrong {
        require(peek() >= '0' && peek() <= '9');
        long number = 0;
        while (peek() >= '0' && peek() <= '9') {
            number = Math.min(Long.MAX_VALUE / 100, number * 10 + (next() - '0'));
        }
        return number;
    }

    /** Up to {@code >}. */
    private String name() throws Wrong {
        int end = text.indexOf('>', at);
        require(end > at);
        String name = text.substring(at, end);
        at = end + 1;
        require(name.codePoints().allMatch(c -> c == '$' || Character.isUnicodeIdentifierPart(c))
                && (name.charAt(0) == '$'
                        || name.charAt(0) == '_'
                        || Character.isUnicodeIdentifierStart(name.codePointAt(0))));
        return name;
    }

    private boolean take(String word) {
        if (text.startsWith(word, at)) {
            at += word.length();
            return true;
        }
        return false;
    }

    private int peek() {
        return at < text.length() ? text.charAt(at) : NO_CHARACTER;
    }

    private int next() throws Wrong {
        require(at < text.length());
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        return c;
    }

    private static void require(boolean is) throws Wrong {
        if (!is) {
            throw new Wrong();
        }
    }
}
