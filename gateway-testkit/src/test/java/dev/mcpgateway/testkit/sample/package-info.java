// SPDX-License-Identifier: Apache-2.0
/** Plugins that the tests of the testkit drop. */
@NullMarked
package dev.mcpgateway.testkit.sample;

import org.jspecify.annotations.NullMarked;
