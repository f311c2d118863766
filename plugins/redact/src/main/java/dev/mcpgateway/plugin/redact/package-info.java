// SPDX-License-Identifier: Apache-2.0
/** The example of an interceptor: it replaces what matches patterns in everything that providers answer. */
@NullMarked
package dev.mcpgateway.plugin.redact;

import org.jspecify.annotations.NullMarked;
