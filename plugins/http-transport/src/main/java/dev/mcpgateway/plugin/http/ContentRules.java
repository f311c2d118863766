// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.util.List;
import java.util.Locale;

/** What a body may be, and what may come back, by the headers that say so (RFC 9110, 8.3, 8.4 and 12.5.1). */
final class ContentRules {

    private ContentRules() {}

    /**
     * Whether it is JSON in UTF-8. Nothing else is taken: a page of the web may send text/plain to anywhere without being asked.
     *
     * @param values of the header Content-Type
     */
    static boolean isJson(List<String> values) {
        if (values.size() != 1) {
            return false;
        }
        String[] parts = values.getFirst().split(";", -1);
        if (!parts[0].strip().equalsIgnoreCase("application/json")) {
            return false;
        }
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip().toLowerCase(Locale.ROOT);
            if (parameter.startsWith("charset") && !isUtf8(parameter)) {
                return false;
            }
        }
        return true;
    }

    private static boolean isUtf8(String charset) {
        return charset.equals("charset=utf-8") || charset.equals("charset=\"utf-8\"");
    }

    /** @param values of the header Content-Encoding */
    static boolean isPlain(List<String> values) {
        for (String each : values) {
            if (!each.strip().equalsIgnoreCase("identity")) {
                return false;
            }
        }
        return true;
    }

    /**
     * Whether a stream may be the answer.
     *
     * @param values of the header Accept; without one anything may come
     */
    static boolean takesStream(List<String> values) {
        if (values.isEmpty()) {
            return true;
        }
        for (String value : values) {
            for (String range : value.split(",", -1)) {
                if (takesStream(range)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean takesStream(String range) {
        String[] parts = range.split(";", -1);
        for (int i = 1; i < parts.length; i++) {
            if (parts[i].strip().matches("[qQ]=0(\\.0*)?")) {
                return false;
            }
        }
        return switch (parts[0].strip().toLowerCase(Locale.ROOT)) {
            case "text/event-stream", "text/*", "*/*" -> true;
            default -> false;
        };
    }
}
