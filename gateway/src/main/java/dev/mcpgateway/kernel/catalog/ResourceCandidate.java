// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import dev.mcpgateway.kernel.provider.Slot;

/**
 * Somebody who may be able to read a resource.
 *
 * @param uri what this provider knows it by: without the qualification that a client may have put in front
 */
public record ResourceCandidate(Slot slot, String uri) {}
