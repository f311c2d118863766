// SPDX-License-Identifier: Apache-2.0
/**
 * Provider processes of our own: started, watched, ended.
 *
 * <p>{@link dev.mcpgateway.kernel.process.ProviderProcess} keeps one running. Nothing it starts may outlive the
 * gateway: the child ends when its standard input does, which holds for a killed gateway too, and {@link
 * dev.mcpgateway.kernel.process.RunFile} remembers the children for the next gateway to end what is left all the same.
 */
@NullMarked
package dev.mcpgateway.kernel.process;

import org.jspecify.annotations.NullMarked;
