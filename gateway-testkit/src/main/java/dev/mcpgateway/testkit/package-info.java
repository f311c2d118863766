// SPDX-License-Identifier: Apache-2.0
/**
 * A gateway inside a test of a plugin: the real kernel, a plugin folder of its own, and an MCP client that talks to it
 * over a pipe. Start at {@link TestGateway}.
 */
@NullMarked
package dev.mcpgateway.testkit;

import org.jspecify.annotations.NullMarked;
