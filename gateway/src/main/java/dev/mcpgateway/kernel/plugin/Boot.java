package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.drop.DroppedFile;
import dev.mcpgateway.kernel.plugin.drop.StagedJar;
import dev.mcpgateway.kernel.plugin.drop.Staging;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.plugin.inspect.Inspection;
import dev.mcpgateway.kernel.plugin.wall.FaultLog;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Takes every file that lies there through the stations of its life, each on a thread of its own, which is given up
 * when its time is over: a constructor that hangs cannot be ended. One per start.
 */
final class Boot {

    private static final Log LOG = Log.named("plugin");

    // A file that keeps changing says so itself, shortly before its thread is given up.
    private static final long TO_SAY_SO_NANOS = TimeUnit.MILLISECONDS.toNanos(400);

    private final Staging staging;
    private final Admission admission;
    private final Map<String, Map<String, Object>> settings;
    private final Ledger ledger;
    private final Arrivals arrivals;
    private final Duration limit;
    private final long deadlineNanos;

    /** Takes in the plugins that have started. */
    interface Arrivals {
        void arrived(Path file, Inspection inspection, Cell cell) throws InterruptedException;
    }

    Boot(
            Staging staging,
            Admission admission,
            Map<String, Map<String, Object>> settings,
            Ledger ledger,
            Arrivals arrivals,
            Duration limit) {
        this.staging = staging;
        this.admission = admission;
        this.settings = settings;
        this.ledger = ledger;
        this.arrivals = arrivals;
        this.limit = limit;
        this.deadlineNanos = System.nanoTime() + limit.toNanos();
    }

    /** Returns when every file is settled, at the latest when the limit is reached. */
    void take(List<DroppedFile> jars) throws InterruptedException {
        Election election = new Election(jars);
        Map<Path, Thread> threads = new LinkedHashMap<>();
        for (DroppedFile dropped : jars) {
            Path file = dropped.file();
            ledger.seen(file);
            threads.put(
                    file,
                    Thread.ofPlatform()
                            .daemon()
                            .name("plugin-boot-" + file.getFileName())
                            .start(() -> take(dropped, election)));
        }
        for (Map.Entry<Path, Thread> each : threads.entrySet()) {
            Thread thread = each.getValue();
            TimeUnit.NANOSECONDS.timedJoin(thread, Math.max(1, deadlineNanos - System.nanoTime()));
            if (thread.isAlive()) {
                giveUp(each.getKey(), thread);
            }
        }
    }

    private void take(DroppedFile dropped, Election election) {
        Path file = dropped.file();
        try {
            StagedJar staged = staging.stage(dropped, deadlineNanos - TO_SAY_SO_NANOS, () -> election.leave(file));
            admission.check(staged.sha256());
            try (Inspection inspection =
                    Inspection.of(staged.file(), settings, (id, version) -> ledger.introduce(file, id, version))) {
                ledger.inspected(file);
                election.enter(file, inspection.id(), inspection.version(), staged.sha256());
                election.awaitOthers();
                election.decide(file);
                arrivals.arrived(file, inspection, Cell.start(inspection, staged.file()));
            }
        } catch (PluginFault fault) {
            ledger.ended(file, fault);
        } catch (InterruptedException e) {
            // given up: that was said where it was decided
        } catch (Throwable thrown) {
            String reference = new FaultLog(LOG).report("taking " + file.getFileName(), thrown);
            ledger.ended(
                    file,
                    new PluginFault(
                            Code.GATEWAY_BUG,
                            "the gateway itself failed on it: please report what the log says under ref " + reference));
        } finally {
            election.leave(file);
        }
    }

    private void giveUp(Path file, Thread thread) {
        StackTraceElement[] where = thread.getStackTrace();
        boolean started = ledger.state(file) == State.INSPECTED;
        ledger.ended(file, started ? startTimedOut() : readTimedOut());
        if (started) {
            Throwable hanging = new Throwable("the thread hangs here");
            hanging.setStackTrace(where);
            LOG.failure(Log.Level.WARN, "where " + file.getFileName() + " hangs", Fields.NONE, hanging);
        }
        thread.interrupt();
    }

    private PluginFault startTimedOut() {
        return new PluginFault(
                Code.START_TIMEOUT,
                "it did not start within " + seconds() + ": its constructor, providers and providerTypes must not wait"
                        + " for anything; what takes time belongs into open (the log says where it hangs)");
    }

    private PluginFault readTimedOut() {
        return new PluginFault(Code.UNREADABLE, "it could not be read within " + seconds() + ": check the disk");
    }

    private String seconds() {
        return BigDecimal.valueOf(limit.toMillis(), 3).stripTrailingZeros().toPlainString() + " s";
    }
}
