// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.redact;

import static java.util.Objects.requireNonNull;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.InterceptorOffer;
import dev.mcpgateway.api.PluginContext;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The example to start from for what stands around calls: one interceptor, made of the patterns in the settings. */
public final class RedactPlugin implements GatewayPlugin {

    /** Far inside: whatever else looks at answers sees them redacted already. */
    private static final int ORDER = 1_000;

    @Override
    public List<InterceptorOffer> interceptors(PluginContext context) {
        return List.of(InterceptorOffer.changing("redact", () -> new Redaction(replacements(context.settings())))
                .order(ORDER));
    }

    /**
     * What each pattern does to a text. RE2/J, since a text comes from anywhere: it takes time linear in the text, where
     * java.util.regex may take forever.
     *
     * @param settings as the schema in this jar has them
     */
    static List<UnaryOperator<String>> replacements(Map<String, Object> settings) {
        List<UnaryOperator<String>> replacements = new ArrayList<>();
        for (Object entry : (List<?>) settings.getOrDefault("patterns", List.of())) {
            Map<?, ?> rule = (Map<?, ?>) entry;
            String where = "patterns[" + replacements.size() + "].pattern ";
            Pattern pattern = compiled(where, (String) requireNonNull(rule.get("pattern")));
            Object replacement = rule.get("replacement");
            String literal = Matcher.quoteReplacement(replacement == null ? "[redacted]" : (String) replacement);
            replacements.add(text -> pattern.matcher(text).replaceAll(literal));
        }
        return List.copyOf(replacements);
    }

    private static Pattern compiled(String where, String regex) {
        Pattern pattern;
        try {
            pattern = Pattern.compile(regex);
        } catch (PatternSyntaxException e) {
            throw new ProviderException(
                    Code.INVALID_ARGUMENT, where + "is no regular expression of RE2: " + e.getMessage());
        }
        if (pattern.matcher("").find()) {
            throw new ProviderException(
                    Code.INVALID_ARGUMENT, where + "matches the empty text, and so everywhere: '" + regex + "'");
        }
        return pattern;
    }
}
