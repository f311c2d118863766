// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.inspect;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which versions will do: comparisons that must all hold, separated by spaces, commas or {@code &}, e.g. {@code >=0.1.0
 * <1.0.0}. Each is one of {@code >= > <= < = ^ ~} before a version whose last parts may be left out; a bare version
 * means {@code >=}, as it does in PF4J, and {@code *} is any. {@code ^1.2} ends before 2.0.0, {@code ^0.1} before
 * 0.2.0, {@code ~1.2} before 1.3.0. Immutable.
 */
final class VersionRange {

    /** What comparing a version with it may yield. */
    private record Bound(PluginVersion version, boolean below, boolean equal, boolean above) {

        boolean admits(PluginVersion candidate) {
            int order = candidate.compareTo(version);
            return order == 0 ? equal : order < 0 ? below : above;
        }
    }

    private final List<Bound> bounds;

    private VersionRange(List<Bound> bounds) {
        this.bounds = bounds;
    }

    /** Empty where the text is not a range. */
    static Optional<VersionRange> parse(String text) {
        List<Bound> bounds = new ArrayList<>();
        boolean any = false;
        int at = 0;
        while (true) {
            at = skip(text, at, " ,&");
            if (at == text.length()) {
                return any ? Optional.of(new VersionRange(bounds)) : Optional.empty();
            }
            int operatorEnd = skip(text, at, "<>=^~");
            int begin = skip(text, operatorEnd, " ");
            int end = begin;
            while (end < text.length() && " ,&".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            if (!add(bounds, text.substring(at, operatorEnd), text.substring(begin, end))) {
                return Optional.empty();
            }
            any = true;
            at = end;
        }
    }

    boolean contains(PluginVersion version) {
        for (Bound bound : bounds) {
            if (!bound.admits(version)) {
                return false;
            }
        }
        return true;
    }

    private static boolean add(List<Bound> bounds, String operator, String text) {
        if (operator.isEmpty() && text.equals("*")) {
            return true;
        }
        Optional<PluginVersion> parsed = PluginVersion.parse(text, 1);
        if (parsed.isEmpty()) {
            return false;
        }
        PluginVersion version = parsed.get();
        int parts = text.indexOf('.') < 0 ? 1 : text.indexOf('.') == text.lastIndexOf('.') ? 2 : 3;
        switch (operator) {
            case "", ">=" -> bounds.add(new Bound(version, false, true, true));
            case ">" -> bounds.add(new Bound(version, false, false, true));
            case "<=" -> bounds.add(new Bound(version, true, true, false));
            case "<" -> bounds.add(new Bound(version, true, false, false));
            case "=" -> bounds.add(new Bound(version, false, true, false));
            case "^" -> addBetween(bounds, version, afterCaret(version, parts));
            case "~" -> addBetween(bounds, version, parts == 1 ? nextMajor(version) : nextMinor(version));
            default -> {
                return false;
            }
        }
        return true;
    }

    private static void addBetween(List<Bound> bounds, PluginVersion first, PluginVersion end) {
        bounds.add(new Bound(first, false, true, true));
        bounds.add(new Bound(end, true, false, false));
    }

    /** The leftmost part that is not 0 must stay. */
    private static PluginVersion afterCaret(PluginVersion version, int parts) {
        if (version.major() > 0 || parts == 1) {
            return nextMajor(version);
        }
        if (version.minor() > 0 || parts == 2) {
            return nextMinor(version);
        }
        return new PluginVersion(0, 0, version.patch() + 1);
    }

    private static PluginVersion nextMajor(PluginVersion version) {
        return new PluginVersion(version.major() + 1, 0, 0);
    }

    private static PluginVersion nextMinor(PluginVersion version) {
        return new PluginVersion(version.major(), version.minor() + 1, 0);
    }

    private static int skip(String text, int from, String characters) {
        int at = from;
        while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
            at++;
        }
        return at;
    }
}
