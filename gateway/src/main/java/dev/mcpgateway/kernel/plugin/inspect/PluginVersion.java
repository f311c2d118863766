// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.inspect;

import java.util.List;
import java.util.Optional;

/**
 * A version by Semantic Versioning 2.0.0, compared by its precedence rules; build metadata does not count. Immutable.
 *
 * <p>Written by hand because the library that PF4J brings takes 20 ms to read its first version, on the way to the
 * first answer.
 *
 * @param preRelease the identifiers behind the hyphen
 * @param text as it was written
 */
public record PluginVersion(int major, int minor, int patch, List<String> preRelease, String text)
        implements Comparable<PluginVersion> {

    private static final int MOST_DIGITS = 9;

    /** Empty where the text is not a version. */
    public static Optional<PluginVersion> parse(String text) {
        return parse(text, 3);
    }

    /** @param leastParts how many of major, minor and patch must be there; the others count as 0 */
    static Optional<PluginVersion> parse(String text, int leastParts) {
        String core = before(text, '+');
        if (core.length() < text.length()
                && identifiers(text.substring(core.length() + 1)).isEmpty()) {
            return Optional.empty();
        }
        String numbers = before(core, '-');
        List<String> preRelease = List.of();
        if (numbers.length() < core.length()) {
            preRelease = identifiers(core.substring(numbers.length() + 1));
            if (preRelease.isEmpty() || hasNumberWithLeadingZero(preRelease)) {
                return Optional.empty();
            }
        }
        String[] parts = numbers.split("\\.", -1);
        if (parts.length < leastParts || parts.length > 3) {
            return Optional.empty();
        }
        int[] values = new int[3];
        for (int i = 0; i < parts.length; i++) {
            if (!isNumber(parts[i]) || hasLeadingZero(parts[i])) {
                return Optional.empty();
            }
            values[i] = Integer.parseInt(parts[i]);
        }
        return Optional.of(new PluginVersion(values[0], values[1], values[2], preRelease, text));
    }

    PluginVersion(int major, int minor, int patch) {
        this(major, minor, patch, List.of(), major + "." + minor + "." + patch);
    }

    /** Whether it says of itself that its bytes may change: {@code 1.2.3-SNAPSHOT}, as Maven has it. */
    public boolean isSnapshot() {
        return !preRelease.isEmpty() && preRelease.getLast().equals("SNAPSHOT");
    }

    @Override
    public int compareTo(PluginVersion other) {
        int numbers = Integer.compare(major, other.major);
        if (numbers == 0) {
            numbers = Integer.compare(minor, other.minor);
        }
        if (numbers == 0) {
            numbers = Integer.compare(patch, other.patch);
        }
        return numbers != 0 ? numbers : comparePreRelease(other);
    }

    @Override
    public String toString() {
        return text;
    }

    private int comparePreRelease(PluginVersion other) {
        if (preRelease.isEmpty() || other.preRelease.isEmpty()) {
            return Boolean.compare(preRelease.isEmpty(), other.preRelease.isEmpty());
        }
        int common = Math.min(preRelease.size(), other.preRelease.size());
        for (int i = 0; i < common; i++) {
            int order = compareIdentifiers(preRelease.get(i), other.preRelease.get(i));
            if (order != 0) {
                return order;
            }
        }
        return Integer.compare(preRelease.size(), other.preRelease.size());
    }

    /** Numbers by value and below words, words by ASCII. */
    private static int compareIdentifiers(String one, String other) {
        boolean number = isDigits(one);
        if (number != isDigits(other)) {
            return number ? -1 : 1;
        }
        if (number && one.length() != other.length()) {
            return Integer.compare(one.length(), other.length());
        }
        return one.compareTo(other);
    }

    /** Empty where one of them is. */
    private static List<String> identifiers(String text) {
        List<String> parts = List.of(text.split("\\.", -1));
        for (String part : parts) {
            if (!isIdentifier(part)) {
                return List.of();
            }
        }
        return parts;
    }

    private static boolean hasNumberWithLeadingZero(List<String> identifiers) {
        for (String identifier : identifiers) {
            if (isDigits(identifier) && hasLeadingZero(identifier)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isIdentifier(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (!isIdentifierCharacter(text.charAt(i))) {
                return false;
            }
        }
        return !text.isEmpty();
    }

    private static boolean isIdentifierCharacter(char c) {
        return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    }

    private static boolean isNumber(String text) {
        return !text.isEmpty() && text.length() <= MOST_DIGITS && isDigits(text);
    }

    private static boolean isDigits(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static boolean hasLeadingZero(String number) {
        return number.length() > 1 && number.charAt(0) == '0';
    }

    private static String before(String text, char separator) {
        int at = text.indexOf(separator);
        return at < 0 ? text : text.substring(0, at);
    }
}
