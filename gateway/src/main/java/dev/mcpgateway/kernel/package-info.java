/** Starts the gateway: reads the command line, wires the rooms, stops them in order. */
@NullMarked
package dev.mcpgateway.kernel;

import org.jspecify.annotations.NullMarked;
