// SPDX-License-Identifier: Apache-2.0
/**
 * JSON Schema, draft 2020-12: inspected once, compiled when it is needed, validated many times, bounded against schemas and values that are made to
 * hurt. {@link dev.mcpgateway.kernel.schema.SchemaRegistry} is the way in.
 *
 * <p>A schema passes our own inspection first (size, the metaschema's rules, references, cycles, patterns), so that the
 * validator library meets only schemas that are local and finite. Evaluation runs under a budget of time and depth.
 */
@NullMarked
package dev.mcpgateway.kernel.schema;

import org.jspecify.annotations.NullMarked;
