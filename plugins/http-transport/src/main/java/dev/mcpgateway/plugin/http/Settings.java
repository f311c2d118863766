// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * What stands under {@code plugins: http-transport:}, as the schema in this jar has it. {@code listen} and {@code connections} are
 * the gateway's.
 *
 * @param path where MCP is served
 * @param cors whether pages of admitted origins may read answers
 */
record Settings(
        String path, List<Origin> allowedOrigins, List<Authority> allowedHosts, boolean cors, Optional<TlsFiles> tls) {

    /** @throws IllegalArgumentException where an entry cannot be used */
    static Settings read(Map<String, Object> settings) {
        return new Settings(
                (String) settings.getOrDefault("path", "/mcp"),
                entries(settings, "allowedOrigins", Origin::parse, "https://app.example.com"),
                entries(settings, "allowedHosts", Authority::parse, "mcp.example.com or mcp.example.com:8443"),
                (Boolean) settings.getOrDefault("cors", false),
                Optional.ofNullable(settings.get("tls")).map(tls -> TlsFiles.of((Map<?, ?>) tls)));
    }

    private static <T> List<T> entries(
            Map<String, Object> settings, String key, Function<String, Optional<T>> parser, String example) {
        List<T> entries = new ArrayList<>();
        for (Object each : (List<?>) settings.getOrDefault(key, List.of())) {
            String text = String.valueOf(each);
            String where = key + "[" + entries.size() + "]";
            entries.add(parser.apply(text)
                    .orElseThrow(() -> new IllegalArgumentException(
                            where + " is '" + text + "', which cannot be used: write it like " + example)));
        }
        return List.copyOf(entries);
    }
}
