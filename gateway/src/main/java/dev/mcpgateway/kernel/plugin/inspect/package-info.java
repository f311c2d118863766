// SPDX-License-Identifier: Apache-2.0
/** What a jar says of itself, judged without loading a class of it. */
@NullMarked
package dev.mcpgateway.kernel.plugin.inspect;

import org.jspecify.annotations.NullMarked;
