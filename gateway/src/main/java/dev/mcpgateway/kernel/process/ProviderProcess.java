// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A provider's process, kept running until {@link #close()}: started again at once after its first death, then with a
 * back-off from 0.5 s to 30 s, which begins anew after 30 s of life.
 *
 * <p>Its standard input is a pipe that is never written to; where it ends, the gateway is gone. What it writes to
 * standard output and error is drained into the log, whether or not the log keeps up.
 *
 * <p>Thread-safe.
 */
public final class ProviderProcess implements AutoCloseable {

    /**
     * What to start.
     *
     * @param provider the provider's name
     * @param words the program and its arguments. A program with a slash is a path, absolute or relative to {@code
     *     workingDirectory}; one without is looked up in PATH
     * @param env beside PATH, HOME and LANG of the gateway, LISTEN and MCP_GATEWAY_SUPERVISED: all that it gets
     * @param workingDirectory absolute
     * @param listen where it is to listen: {@code unix:/path} or {@code host:port}; it finds this in LISTEN
     */
    public record Command(
            String provider, List<String> words, Map<String, String> env, Path workingDirectory, String listen) {

        public Command {
            if (words.isEmpty()) {
                throw new IllegalArgumentException("a command has at least one word: the program");
            }
            words = List.copyOf(words);
            env = Map.copyOf(env);
        }
    }

    /** What happens to it, told one after the other, in order, on threads of its own; nothing after {@code close()}. */
    public interface Events {

        /** It accepts connections. Once after each start. */
        void listening();

        /**
         * It is dead, or could not be started; another start follows.
         *
         * @param reason what to read after the provider's name, e.g. {@code exited with code 3}
         */
        void died(String reason);
    }

    private static final Duration AFTER_INPUT = Duration.ofSeconds(1);
    private static final Duration HURRIED = Duration.ofMillis(300);
    private static final Duration REAPING = Duration.ofSeconds(1);

    /** Finding descendants reads all of /proc: when the first answers are out, and they have been started. */
    private static final Duration FAMILY_GROWS = Duration.ofSeconds(1);

    private static final Log LOG = Log.named("process");

    /** A process that was started, and who it is when it has ended. */
    private record Running(Process process, ProcessIdentity identity) {

        static Running of(Process process) {
            return new Running(process, ProcessIdentity.ofStarted(process.toHandle()));
        }
    }

    private final Command command;
    private final RunFile runFile;
    private final ShutdownUrgency urgency;
    private final Events events;
    private final Fields fields;
    private final ListenAddress address;
    private final Backoff backoff = new Backoff();
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Thread supervisor;

    private final Object starting = new Object();

    @GuardedBy("starting") private @Nullable Running current;

    private final Object telling = new Object();

    /** The processes that the current one has started, to be ended with it; only the supervisor sets it. */
    private volatile Set<ProcessIdentity> family = Set.of();

    private ProviderProcess(Command command, RunFile runFile, ShutdownUrgency urgency, Events events) {
        this.command = command;
        this.runFile = runFile;
        this.urgency = urgency;
        this.events = events;
        fields = Fields.ofProvider(command.provider());
        address = ListenAddress.of(command.listen());
        supervisor = Thread.ofPlatform()
                .daemon()
                .name("process " + command.provider())
                .unstarted(this::supervise);
    }

    /**
     * Starts it and returns at once; a start that fails is told to {@code events} and tried again.
     *
     * @param urgency of its end
     * @throws IllegalArgumentException when {@code listen} is neither {@code unix:/path} nor {@code host:port}
     */
    public static ProviderProcess start(Command command, RunFile runFile, ShutdownUrgency urgency, Events events) {
        ProviderProcess process = new ProviderProcess(command, runFile, urgency, events);
        process.supervisor.start();
        return process;
    }

    /**
     * Ends it in order: the end of its input, after 1 s SIGTERM, after 0.6 more SIGKILL, the last two also to every process
     * it has started; in haste after 0.3 s and 0.3 more. Returns when they are gone, after 4 s at the latest.
     */
    @Override
    public void close() {
        closing.countDown();
        Running running;
        synchronized (starting) {
            running = current;
        }
        try {
            if (running != null) {
                end(running);
            }
            if (Thread.currentThread() != supervisor) {
                supervisor.join(REAPING);
            }
        } catch (InterruptedException e) {
            // Whoever cannot wait must not leave it running either.
            if (running != null) {
                running.process.destroyForcibly();
            }
            Thread.currentThread().interrupt();
        }
    }

    /** Whether there is a way to who listens at an address: a Unix socket may have been deleted, by who cleans temporary folders. */
    public static boolean isReachable(String listen) {
        return ListenAddress.of(listen).isThere();
    }

    /** Kills it and all that it has started; it is not started again. Returns at once. */
    public void kill() {
        closing.countDown();
        Running running;
        synchronized (starting) {
            running = current;
        }
        if (running != null) {
            Set<ProcessIdentity> all = familyOf(running);
            running.process.destroyForcibly();
            Termination.kill(all);
        }
    }

    Set<ProcessIdentity> family() {
        return family;
    }

    private void end(Running running) throws InterruptedException {
        Set<ProcessIdentity> all = familyOf(running);
        endInput(running.process);
        if (!urgency.await(() -> !running.process.isAlive(), AFTER_INPUT, HURRIED)) {
            all.add(running.identity);
        }
        all.addAll(running.identity.started());
        Termination.of(all, urgency);
        running.process.destroyForcibly(); // where nothing could be read of it
        running.process.waitFor(REAPING.toMillis(), TimeUnit.MILLISECONDS);
    }

    private Set<ProcessIdentity> familyOf(Running running) {
        Set<ProcessIdentity> all = new HashSet<>(family);
        all.addAll(running.identity.started());
        return all;
    }

    private void supervise() {
        try {
            while (!isClosing()) {
                Duration pause = runAndAttend();
                if (closing.await(pause.toNanos(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            // Nobody interrupts this thread but a thread group that is being torn down.
            Thread.currentThread().interrupt();
        }
    }

    private Duration runAndAttend() throws InterruptedException {
        try {
            return runOnce();
        } catch (RuntimeException | Error bug) { // of one run; it is started again all the same
            LOG.failure(Log.Level.ERROR, "the provider process was not looked after", fields, bug);
            return backoff.afterFailedStart();
        }
    }

    /** @return how long to wait before the next start */
    private Duration runOnce() throws InterruptedException {
        long started = System.nanoTime();
        Attempt attempt = new Attempt();
        Running running;
        try {
            address.clear();
            synchronized (starting) {
                if (isClosing()) {
                    return Duration.ZERO;
                }
                watch(attempt);
                running = Running.of(Launch.start(command, System.getenv()));
                current = running;
            }
        } catch (IOException | OutOfMemoryError e) { // of the second kind: no more threads
            Duration pause = backoff.afterFailedStart();
            tellDeath(attempt, "could not be started: " + e.getMessage(), pause);
            return pause;
        }
        int code = attendToItsEnd(running);
        if (isClosing()) {
            return Duration.ZERO;
        }
        Termination.killAndAwait(familyOf(running));
        synchronized (starting) {
            current = null; // its number may be another's from now on
        }
        Duration pause = backoff.afterDeath(Duration.ofNanos(System.nanoTime() - started));
        tellDeath(attempt, describe(code), pause);
        return pause;
    }

    /** Whoever cannot be looked after, e.g. because there are no more threads, must not run on. */
    private int attendToItsEnd(Running running) throws InterruptedException {
        Process process = running.process;
        try {
            return attend(process, running.identity);
        } catch (RuntimeException | Error scarce) {
            LOG.failure(Log.Level.ERROR, "the provider process could not be looked after", fields, scarce);
            process.destroyForcibly();
            int code = process.waitFor();
            endInput(process);
            return code;
        }
    }

    /** From the start to the exit. */
    private int attend(Process process, ProcessIdentity identity) throws InterruptedException {
        OutputQuota quota = new OutputQuota();
        drain(process.getInputStream(), quota);
        drain(process.getErrorStream(), quota);
        family = Set.of();
        runFile.childStarted(command.provider(), identity);
        LOG.log(Log.Level.INFO, "provider process started, pid " + identity.pid(), fields);
        if (!process.waitFor(FAMILY_GROWS.toMillis(), TimeUnit.MILLISECONDS)) {
            family = identity.started();
        }
        int code = process.waitFor();
        endInput(process);
        runFile.childEnded(identity);
        return code;
    }

    /** One start and the life that follows; guarded by {@link #telling}. */
    private static final class Attempt {
        boolean isOver;
    }

    /**
     * Looks for the address to open on a thread of its own: the child may listen within 5 ms, while the JDK, when it has
     * started the first process of its life, first looks for a logger in every module and jar, which takes 25.
     */
    private void watch(Attempt attempt) {
        Thread.ofPlatform().daemon().name("listening " + command.provider()).start(() -> awaitListening(attempt));
    }

    private void awaitListening(Attempt attempt) {
        long started = System.nanoTime();
        try {
            while (!address.isOpen()) {
                if (isOver(attempt) || closing.await(pollAt(System.nanoTime() - started), TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
            synchronized (telling) {
                if (!attempt.isOver) {
                    tell(events::listening);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private boolean isOver(Attempt attempt) {
        synchronized (telling) {
            return attempt.isOver;
        }
    }

    /** Finely at first, because a client waits for the first list; then ever less, because this one is not coming up. */
    private static long pollAt(long age) {
        return Math.clamp(age / 50, 1_000_000, 100_000_000);
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void drain(InputStream output, OutputQuota quota) {
        Thread.ofPlatform()
                .daemon()
                .name("output " + command.provider())
                .start(new OutputDrain(output, command.provider(), quota));
    }

    private static void endInput(Process process) {
        try {
            process.getOutputStream().close();
        } catch (IOException e) {
            // It was closed on the other side already.
        }
    }

    private void tellDeath(Attempt attempt, String reason, Duration pause) {
        String next = pause.isZero() ? "at once" : "in " + seconds(pause);
        LOG.log(Log.Level.WARN, "provider process " + reason + "; it is started again " + next, fields);
        synchronized (telling) {
            attempt.isOver = true;
            tell(() -> events.died(reason));
        }
    }

    private void tell(Runnable event) {
        if (isClosing()) {
            return;
        }
        try {
            event.run();
        } catch (RuntimeException e) {
            LOG.failure(Log.Level.ERROR, "what follows on a change of the provider process failed", fields, e);
        }
    }

    private static String seconds(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis / 1000.0 + " s";
    }

    /** The JDK gives 128 + N for a process that signal N ended, as a shell does. */
    private static String describe(int code) {
        return code > 128 && code <= 128 + 64 ? "was killed by signal " + (code - 128) : "exited with code " + code;
    }
}
