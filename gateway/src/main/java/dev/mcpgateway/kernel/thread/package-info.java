/** What plugins leave on threads of the kernel that live on when a plugin has gone. */
@NullMarked
package dev.mcpgateway.kernel.thread;

import org.jspecify.annotations.NullMarked;
