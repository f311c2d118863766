// SPDX-License-Identifier: Apache-2.0
/** Providers that speak {@code provider.v1} over gRPC. */
@NullMarked
package dev.mcpgateway.plugin.grpc;

import org.jspecify.annotations.NullMarked;
