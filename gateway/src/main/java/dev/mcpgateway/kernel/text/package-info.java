// SPDX-License-Identifier: Apache-2.0
/** Text from outside, fit to be shown. */
@NullMarked
package dev.mcpgateway.kernel.text;

import org.jspecify.annotations.NullMarked;
