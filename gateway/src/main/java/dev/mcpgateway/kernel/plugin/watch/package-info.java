// SPDX-License-Identifier: Apache-2.0
/** What the folder and closed plugins are watched for: hints that a file has changed, and class loaders that stay. */
@NullMarked
package dev.mcpgateway.kernel.plugin.watch;

import org.jspecify.annotations.NullMarked;
