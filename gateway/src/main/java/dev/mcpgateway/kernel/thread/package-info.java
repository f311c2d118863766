/** Threads of the kernel: what plugins leave on those that outlive them, and what is done where there are no more. */
@NullMarked
package dev.mcpgateway.kernel.thread;

import org.jspecify.annotations.NullMarked;
