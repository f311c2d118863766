// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.log;

import java.util.Optional;
import java.util.ResourceBundle;
import org.jspecify.annotations.Nullable;

/**
 * Names the plugin that ends the process: the JDK tells this logger of every {@code System.exit} ({@link Runtime#exit}, "Runtime
 * Exit Logging"), on the thread that calls it. Knows a plugin by the name of its class loader.
 */
final class ExitLogger implements System.Logger {

    static final String NAME = "java.lang.Runtime";

    private static final Log LOG = Log.named("plugin");
    private static final String OF_A_PLUGIN = "plugin-";

    @Override
    public String getName() {
        return NAME;
    }

    @Override
    public boolean isLoggable(Level level) {
        return level == Level.DEBUG; // the JDK's, for this
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String said, @Nullable Throwable thrown) {
        culprit()
                .ifPresent(plugin -> LOG.warn("plugin '" + plugin + "' ends the process, on thread "
                        + Thread.currentThread().getName() + ": " + said));
    }

    @Override
    public void log(Level level, @Nullable ResourceBundle bundle, @Nullable String format, @Nullable Object... values) {
        log(level, bundle, format, (Throwable) null);
    }

    private static Optional<String> culprit() {
        return StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE)
                .walk(frames -> frames.map(frame -> frame.getDeclaringClass().getClassLoader())
                        .map(loader -> loader == null || loader.getName() == null ? "" : loader.getName())
                        .filter(name -> name.startsWith(OF_A_PLUGIN))
                        .map(name -> name.substring(OF_A_PLUGIN.length()))
                        .findFirst());
    }
}
