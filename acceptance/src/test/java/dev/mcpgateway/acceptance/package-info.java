/** The promises of the product, each a test against what a user would run. */
@NullMarked
package dev.mcpgateway.acceptance;

import org.jspecify.annotations.NullMarked;
