// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** <code>${NAME}</code> and <code>${NAME:-default}</code> in values; <code>$${</code> stands for itself. */
final class Variables {

    private static final Pattern REFERENCE =
            Pattern.compile("\\$\\$\\{|\\$\\{(?:([A-Za-z_][A-Za-z0-9_]*)(?::-([^}]*))?\\})?");

    private final Map<String, String> environment;

    Variables(Map<String, String> environment) {
        this.environment = environment;
    }

    /** The text with every variable replaced; what replaces one is not looked at again. */
    String replace(String text, SourceLocation at, Problems problems) {
        if (text.indexOf("${") < 0) {
            return text;
        }
        StringBuilder replaced = new StringBuilder();
        Matcher reference = REFERENCE.matcher(text);
        int end = 0;
        while (reference.find()) {
            replaced.append(text, end, reference.start()).append(value(reference, at, problems));
            end = reference.end();
        }
        return replaced.append(text, end, text.length()).toString();
    }

    private String value(Matcher reference, SourceLocation at, Problems problems) {
        if (reference.group().equals("$${")) {
            return "${";
        }
        String name = reference.group(1);
        if (name == null) {
            problems.addWithoutValue(
                    at, "'${' must begin ${NAME} or ${NAME:-default}; write $${ for the characters themselves");
            return "";
        }
        String value = environment.get(name);
        String otherwise = reference.group(2);
        if (otherwise != null) {
            return value == null || value.isEmpty() ? otherwise : value;
        }
        if (value == null) {
            problems.addWithoutValue(
                    at, "the environment variable '" + name + "' is not set, and ${" + name + "} has no default");
            return "";
        }
        return value;
    }
}
