// SPDX-License-Identifier: Apache-2.0
/**
 * One tree of records from {@code providers.yaml}, or an error for each mistake in it with file, line and column. {@code
 * schemas/providers.schema.json} says which keys there are; what a schema cannot say stands in the records' makers.
 */
@NullMarked
package dev.mcpgateway.kernel.config;

import org.jspecify.annotations.NullMarked;
