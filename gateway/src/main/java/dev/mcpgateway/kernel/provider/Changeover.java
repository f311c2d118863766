// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderOffer;
import java.util.Optional;

/**
 * What a provider changes over to.
 *
 * @param child its process; the one there was, unless it is to be another one
 * @param opener empty while no plugin offers the type
 * @param isOldUnwanted whether calls must not go on as before, even where the new way leads nowhere: another address
 */
record Changeover(
        Terms terms, Optional<SupervisedProcess> child, Optional<ProviderOffer.Opener> opener, boolean isOldUnwanted) {}
