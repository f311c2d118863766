// SPDX-License-Identifier: Apache-2.0
@NullMarked
package dev.mcpgateway.testkit;

import org.jspecify.annotations.NullMarked;
