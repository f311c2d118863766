// SPDX-License-Identifier: Apache-2.0
/** Measures the built gateway as its clients meet it: real processes, real pipes, next to baselines in the same run. */
@NullMarked
package dev.mcpgateway.bench;

import org.jspecify.annotations.NullMarked;
