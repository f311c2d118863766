// SPDX-License-Identifier: Apache-2.0
/** The life of one request: find, limit, validate, queue, invoke, validate, shape. */
@NullMarked
package dev.mcpgateway.kernel.call;

import org.jspecify.annotations.NullMarked;
