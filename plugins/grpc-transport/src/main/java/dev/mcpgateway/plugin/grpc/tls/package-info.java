// SPDX-License-Identifier: Apache-2.0
/** TLS to providers: files in PEM format, whom they make the gateway trust, and what is said when that fails. */
@NullMarked
package dev.mcpgateway.plugin.grpc.tls;

import org.jspecify.annotations.NullMarked;
