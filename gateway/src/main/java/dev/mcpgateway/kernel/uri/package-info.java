// SPDX-License-Identifier: Apache-2.0
/** The syntax of resource addresses. */
@NullMarked
package dev.mcpgateway.kernel.uri;

import org.jspecify.annotations.NullMarked;
