// SPDX-License-Identifier: Apache-2.0
/** Threads by kind: deadlines, workers, threads made for plugins; what plugins leave on those that outlive them. */
@NullMarked
package dev.mcpgateway.kernel.thread;

import org.jspecify.annotations.NullMarked;
