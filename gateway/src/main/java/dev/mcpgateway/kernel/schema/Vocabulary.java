// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.schema;

import com.networknt.schema.Schema;
import com.networknt.schema.SchemaContext;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SpecificationVersion;
import com.networknt.schema.dialect.Dialect;
import com.networknt.schema.dialect.DialectId;
import com.networknt.schema.keyword.Keyword;
import com.networknt.schema.keyword.KeywordType;
import com.networknt.schema.keyword.KeywordValidator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The keywords of draft 2020-12 that are evaluated. What only annotates ({@code title}, {@code format},
 * {@code contentEncoding}, keywords nobody knows) costs nothing; loading the library's own dialect would bring its
 * formats, metaschemas and messages in.
 */
final class Vocabulary {

    private static final List<Keyword> EVALUATED = List.of(
            KeywordType.ADDITIONAL_PROPERTIES,
            KeywordType.ALL_OF,
            KeywordType.CONST,
            KeywordType.CONTAINS,
            KeywordType.DEPENDENT_REQUIRED,
            KeywordType.DEPENDENT_SCHEMAS,
            KeywordType.DYNAMIC_REF,
            KeywordType.EXCLUSIVE_MAXIMUM,
            KeywordType.EXCLUSIVE_MINIMUM,
            KeywordType.FALSE,
            KeywordType.IF_THEN_ELSE,
            KeywordType.ITEMS,
            KeywordType.MAX_CONTAINS,
            KeywordType.MAX_ITEMS,
            KeywordType.MAX_LENGTH,
            KeywordType.MAX_PROPERTIES,
            KeywordType.MAXIMUM,
            KeywordType.MIN_CONTAINS,
            KeywordType.MIN_ITEMS,
            KeywordType.MIN_LENGTH,
            KeywordType.MIN_PROPERTIES,
            KeywordType.MINIMUM,
            KeywordType.MULTIPLE_OF,
            KeywordType.NOT,
            KeywordType.PATTERN,
            KeywordType.PATTERN_PROPERTIES,
            KeywordType.PREFIX_ITEMS,
            KeywordType.PROPERTIES,
            KeywordType.PROPERTY_NAMES,
            KeywordType.REF,
            KeywordType.REQUIRED,
            KeywordType.TRUE,
            KeywordType.TYPE,
            KeywordType.UNEVALUATED_ITEMS,
            KeywordType.UNEVALUATED_PROPERTIES,
            new Alternatives.AnyOf(),
            new Alternatives.OneOf(),
            new ListedValues(),
            new UniqueItems(),
            new Unapplied("$anchor"),
            new Unapplied("$dynamicAnchor"),
            new Unapplied("$defs"),
            new Unapplied("definitions"),
            new Unapplied("then"),
            new Unapplied("else"),
            new Unapplied("contentSchema"));

    static final Dialect DIALECT = Dialect.builder(DialectId.DRAFT_2020_12)
            .specificationVersion(SpecificationVersion.DRAFT_2020_12)
            .idKeyword("$id")
            .keywords(EVALUATED)
            .unknownKeywordFactory((keyword, context) -> null)
            .build();

    private Vocabulary() {}

    /** A keyword that checks nothing by itself. The library looks for anchors and definitions only where it knows one. */
    private record Unapplied(String name) implements Keyword {
        @Override
        public String getValue() {
            return name;
        }

        @Override
        public @Nullable KeywordValidator newValidator(
                SchemaLocation place, JsonNode value, Schema parent, SchemaContext context) {
            switch (Objects.requireNonNull(Shape.OF_KEYWORD.get(name))) {
                case SCHEMA_MAP -> {
                    for (Map.Entry<String, JsonNode> entry : value.properties()) {
                        enter(place.append(entry.getKey()), entry.getValue(), parent, context);
                    }
                }
                case SCHEMA -> {
                    if (name.equals("contentSchema")
                            || !parent.getSchemaNode().has("if")) { // `if` brings the others in
                        enter(place, value, parent, context);
                    }
                }
                default -> {}
            }
            return null;
        }

        private static void enter(SchemaLocation place, JsonNode schema, Schema parent, SchemaContext context) {
            context.getSchemaReferences().put(place.toString(), context.newSchema(place, schema, parent));
        }
    }
}
