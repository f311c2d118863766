// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.uri.UriTemplate;
import java.util.List;
import java.util.Optional;

/**
 * What all definitions of one provider may take together. Once schemas have more, none is looked at any more, new or
 * known: what comes last in the list is left out. Not thread-safe.
 */
final class Allowance {

    static final int MAX_SUBSCHEMAS = 100_000;
    static final int MAX_BYTES = 8 * 1024 * 1024;

    // All of them, compared with a URI of 8,192 characters, take two seconds or so at the worst.
    static final int MAX_TEMPLATES = 10_000;

    private int subschemas;
    private int templates;
    private long bytes;
    private Optional<String> exceeded = Optional.empty();

    /** Before a schema is looked at. */
    void check() throws NonconformingException {
        if (exceeded.isPresent()) {
            throw new NonconformingException(exceeded.get());
        }
    }

    /** Counts the schemas of one definition. */
    void take(List<CompiledSchema> schemas) throws NonconformingException {
        for (CompiledSchema schema : schemas) {
            check();
            subschemas += schema.subschemas();
            bytes += schema.text().length();
            if (subschemas > MAX_SUBSCHEMAS) {
                exceeded = Optional.of(beyond(MAX_SUBSCHEMAS + " subschemas"));
            } else if (bytes > MAX_BYTES) {
                exceeded = Optional.of(beyond(MAX_BYTES + " bytes"));
            }
        }
        if (!schemas.isEmpty()) {
            check();
        }
    }

    /** Counts a template, each of which may have to be compared with a URI that nobody lists. */
    void take(UriTemplate template) throws NonconformingException {
        if (templates + template.weight() > MAX_TEMPLATES) {
            throw new NonconformingException("the URI templates of this provider together have more than "
                    + MAX_TEMPLATES + " characters behind their first expressions with it");
        }
        templates += template.weight();
    }

    private static String beyond(String limit) {
        return "the schemas of this provider together have more than " + limit + " with it";
    }
}
