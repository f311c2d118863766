// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

/**
 * Takes what the JDK and libraries say through {@link System.Logger} into {@link Log}, as {@link JavaLogging} does.
 *
 * <p>Also for speed: starting the first process makes the JDK look for a logger, and without this one that brings
 * java.util.logging up on the way to the first list. Public only because the JDK makes it by name.
 */
public final class JdkLoggers extends System.LoggerFinder {

    /** Called by the JDK. */
    public JdkLoggers() {}

    @Override
    public System.Logger getLogger(String name, Module module) {
        if (name.equals(ExitLogger.NAME)) {
            return new ExitLogger();
        }
        return new PlatformLogger(name, Log.named(name), Threshold.ofLibraries());
    }
}
