/** One tree of records from providers.yaml, with errors that name file, line and column. */
@NullMarked
package dev.mcpgateway.kernel.config;

import org.jspecify.annotations.NullMarked;
