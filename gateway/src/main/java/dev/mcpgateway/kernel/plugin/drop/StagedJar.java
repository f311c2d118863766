// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.drop;

import java.nio.file.Path;

/**
 * A private copy that was read from end to end and does not change any more.
 *
 * @param file where the copy lies
 * @param sha256 of its bytes, 64 lower-case hexadecimal digits
 */
public record StagedJar(Path file, String sha256) {}
