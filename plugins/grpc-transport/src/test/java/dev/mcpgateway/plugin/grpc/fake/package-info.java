// SPDX-License-Identifier: Apache-2.0
/** What the gateway is to a plugin, as small as it can be: for tests that open providers without a gateway. */
@NullMarked
package dev.mcpgateway.plugin.grpc.fake;

import org.jspecify.annotations.NullMarked;
