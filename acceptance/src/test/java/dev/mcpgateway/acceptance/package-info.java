// SPDX-License-Identifier: Apache-2.0
/** The promises of the product, each a test against what a user would run. */
@NullMarked
package dev.mcpgateway.acceptance;

import org.jspecify.annotations.NullMarked;
