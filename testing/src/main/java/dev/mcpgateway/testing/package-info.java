// SPDX-License-Identifier: Apache-2.0
/** What tests build the gateway's surroundings from. */
@NullMarked
package dev.mcpgateway.testing;

import org.jspecify.annotations.NullMarked;
