/** What a plugin is written against: the gateway promises it, and takes nothing of it back. */
@NullMarked
package dev.mcpgateway.api;

import org.jspecify.annotations.NullMarked;
