// SPDX-License-Identifier: Apache-2.0
/** A plugin whose tools do nothing, of which the bench makes jars with as many as it needs. */
@NullMarked
package dev.mcpgateway.bench.plugin;

import org.jspecify.annotations.NullMarked;
