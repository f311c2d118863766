// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.drop.StagedJar;
import dev.mcpgateway.kernel.plugin.drop.Staging;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.InspectedJar;
import dev.mcpgateway.kernel.plugin.wall.FaultLog;
import dev.mcpgateway.kernel.settings.Settings;
import java.lang.ref.PhantomReference;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** What it takes to make a running plugin of a file: a private copy, an inspection, a cell. All of it may block. Thread-safe. */
final class JarLoading implements AutoCloseable {

    private static final Log LOG = Log.named("plugin");

    private final Staging staging;
    private final AllowList admission;
    private volatile Map<String, Settings> settings;

    JarLoading(Path workDir, AllowList admission, Map<String, Settings> settings) {
        this.staging = new Staging(workDir);
        this.admission = admission;
        this.settings = settings;
    }

    /** The settings that hold from now on; returns those before. */
    Map<String, Settings> settings(Map<String, Settings> now) {
        Map<String, Settings> before = settings;
        settings = now;
        return before;
    }

    /** A private copy of what was seen, which may be loaded; empty where the file has changed since. */
    Optional<StagedJar> stage(Jar jar) throws PluginFault {
        Optional<StagedJar> staged = staging.stage(jar.look().sighting().orElseThrow());
        if (staged.isPresent()) {
            admission.check(staged.get().sha256());
        }
        return staged;
    }

    InspectedJar inspect(StagedJar staged, InspectedJar.Introduction introduction) throws PluginFault {
        return InspectedJar.of(staged.file(), settings, introduction);
    }

    /**
     * Starts it, with what is left of its first inspection where that is still open.
     *
     * @param unstarted is told of the loader where that fails, when it has been closed
     */
    Cell start(
            StagedJar staged,
            Optional<InspectedJar> kept,
            InspectedJar.Introduction introduction,
            Consumer<PhantomReference<ClassLoader>> unstarted)
            throws PluginFault, InterruptedException {
        try (InspectedJar inspection = kept.isPresent() ? kept.get() : inspect(staged, introduction)) {
            return Cell.start(inspection, staged.file(), unstarted);
        }
    }

    /** Deletes the copies where they are temporary. */
    @Override
    public void close() {
        staging.close();
    }

    static PluginFault ourBug(String fileName, Throwable thrown) {
        String reference = new FaultLog(LOG).report("taking " + fileName, thrown);
        return new PluginFault(
                Code.GATEWAY_BUG,
                "the gateway itself failed on it: please report what the log says under ref " + reference);
    }

    static PluginFault readTimedOut(Duration limit) {
        return new PluginFault(Code.UNREADABLE, "it could not be read within " + seconds(limit) + ": check the disk");
    }

    /** @param thread that is given up; the log shows where it hangs */
    static PluginFault startTimedOut(String fileName, Duration limit, Thread thread) {
        Throwable hanging = new Throwable("the thread hangs here");
        hanging.setStackTrace(thread.getStackTrace());
        LOG.failure(Log.Level.WARN, "where " + fileName + " hangs", Fields.NONE, hanging);
        return new PluginFault(
                Code.START_TIMEOUT,
                "it did not start within " + seconds(limit)
                        + ": its constructor and what it offers must not wait for anything; what takes time belongs into"
                        + " open (the log says where it hangs)");
    }

    static PluginFault stillChanging() {
        return new PluginFault(
                Code.STILL_CHANGING,
                "it is still being written: copy it under another name first, then rename it to .jar");
    }

    private static String seconds(Duration limit) {
        return BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
