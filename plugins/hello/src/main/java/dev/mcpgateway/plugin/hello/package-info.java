// SPDX-License-Identifier: Apache-2.0
/** The example of a plugin: a provider that lives in its jar. */
@NullMarked
package dev.mcpgateway.plugin.hello;

import org.jspecify.annotations.NullMarked;
