// SPDX-License-Identifier: Apache-2.0
/** A plugin that offers what the scenarios of the official conformance suite ask a server for. */
@NullMarked
package dev.mcpgateway.conformance;

import org.jspecify.annotations.NullMarked;
