// SPDX-License-Identifier: Apache-2.0
/** Lets MCP clients in by Streamable HTTP: requests, answers and streams in HTTP/1.1, on connections that the gateway hands over. */
@NullMarked
package dev.mcpgateway.plugin.http;

import org.jspecify.annotations.NullMarked;
