// SPDX-License-Identifier: Apache-2.0
/** What the tests are made of: an installation of the gateway, its client, its providers, and the faults that befall them. */
@NullMarked
package dev.mcpgateway.acceptance.kit;

import org.jspecify.annotations.NullMarked;
