// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.thread;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A few platform threads for what would keep a thread that others wait for: parsing what is large, validation, compiling,
 * matching of templates. Virtual threads would not do: one that computes keeps its carrier from everybody else, and the
 * scheduler has no other. Thread-safe.
 *
 * <p>Each task is somebody's. Nobody has more than half of the threads at once, nor costly tasks on more than half of the
 * processors, and those who wait are served in turn, so that one whose tasks are costly keeps the others waiting for none of
 * them. A task that calls into a provider which keeps the
 * thread is left alone with it: another thread takes its place.
 */
public final class Workers implements AutoCloseable {

    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(10);
    /** By how many others that need room a task that has its turn and none is passed, before they wait for it. */
    private static final int MOST_PASSING = 32;

    private final Deadlines deadlines;
    private final int most;
    private final int mostOfOne;
    private final int mostCostlyOfOne;
    private final long mostBytes;
    private final long mostAtWork;
    private final long small; // bytes of a task that needs no room: a thread each, and all are a quarter more

    @GuardedBy("this") private final ArrayDeque<Owner> turns = new ArrayDeque<>();

    @GuardedBy("this") private final Map<Object, Owner> owners = new HashMap<>();

    @GuardedBy("this") private long bytes; // of what waits

    @GuardedBy("this") private long bytesAtWork;

    @GuardedBy("this") private int threads;

    @GuardedBy("this") private int idle;

    @GuardedBy("this") private int made;

    @GuardedBy("this") private boolean closed;

    private record Task(Runnable work, long bytes, boolean isCostly) {}

    /** Somebody who has tasks. */
    private static final class Owner {
        private final Object key;
        private final ArrayDeque<Task> waiting = new ArrayDeque<>();
        private int working;
        private int workingOnCostly;
        private int passedBy;
        private boolean hasTurn; // only with something that waits

        Owner(Object key) {
            this.key = key;
        }
    }

    /**
     * @param most how many threads there may be, 2 or more; they come when they are needed and go when they are not
     * @param mostCostlyOfOne how many costly tasks of one owner are worked on at once
     * @param mostBytes of what waits, by what each task says of itself
     * @param mostAtWork likewise, of what is worked on at once; one task is worked on whatever it says, and those of less than a
     *     small part of it wait for no other
     */
    public Workers(Deadlines deadlines, int most, int mostCostlyOfOne, long mostBytes, long mostAtWork) {
        this.deadlines = deadlines;
        this.most = most;
        this.mostOfOne = Math.max(1, most / 2);
        this.mostCostlyOfOne = mostCostlyOfOne;
        this.mostBytes = mostBytes;
        this.mostAtWork = mostAtWork;
        this.small = mostAtWork / (4 * most);
    }

    /**
     * As many threads as keep all processors busy with a few to spare. What is worked on may take a quarter of the heap; what waits
     * is bounded by whoever has read it, so here only by what it would take one day.
     */
    public static Workers ofThisMachine(Deadlines deadlines) {
        Runtime machine = Runtime.getRuntime();
        return new Workers(
                deadlines,
                Math.max(8, 2 * machine.availableProcessors()),
                Math.max(1, machine.availableProcessors() / 2),
                8 * machine.maxMemory(),
                machine.maxMemory() / 4);
    }

    /**
     * Runs the task soon.
     *
     * @param owner whose it is
     * @param size bytes that the task takes while it is worked on
     * @return false where more waits than may: then it is not run
     */
    public boolean execute(Object owner, long size, Runnable task) {
        return execute(owner, new Task(task, size, false));
    }

    /** As {@link #execute}, where it may take far longer than its size explains. */
    public boolean executeCostly(Object owner, long size, Runnable task) {
        return execute(owner, new Task(task, size, room(size) > 0));
    }

    private boolean execute(Object owner, Task task) {
        Worker newcomer;
        synchronized (this) {
            if (closed || (bytes > 0 && bytes + task.bytes > mostBytes)) {
                return false;
            }
            bytes += task.bytes;
            Owner its = owners.computeIfAbsent(owner, Owner::new);
            its.waiting.add(task);
            giveTurn(its);
            newcomer = wakeOne();
        }
        if (newcomer != null) {
            start(newcomer);
        }
        return true;
    }

    /** Whether this is one of their threads: what takes little may go on there. */
    public boolean isOwnThread() {
        return Thread.currentThread() instanceof Worker worker && worker.isOf(this);
    }

    /** One that was woken before and has not come to look yet is woken in vain: it calls the next. */
    @GuardedBy("this") private @Nullable Worker wakeOne() {
        if (idle > 0) {
            notify();
        } else if (threads < most) {
            threads++;
            return new Worker();
        }
        return null;
    }

    /** Who has taken a task sees to it that the next one does not wait for its end. */
    private void callNext() {
        Worker newcomer;
        synchronized (this) {
            newcomer = nextThatFits() == null ? null : wakeOne();
        }
        if (newcomer != null) {
            start(newcomer);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        turns.clear();
        owners.clear();
        notifyAll();
    }

    private void start(Worker newcomer) {
        try {
            newcomer.start();
        } catch (OutOfMemoryError noMoreThreads) {
            boolean isLast;
            synchronized (this) {
                threads--;
                isLast = threads == 0;
            }
            if (isLast) { // nobody else is coming for what waits
                PlatformOrVirtual.start(newcomer.getName(), this::workOff);
            }
        }
    }

    /** Without a thread of its own: until nothing waits. */
    private void workOff() {
        Turn turn;
        while ((turn = pollTurn()) != null) {
            work(turn);
        }
    }

    private static final class Turn {
        private final Owner owner;
        private final Task task;
        private boolean isOver; // guarded by the workers

        Turn(Owner owner, Task task) {
            this.owner = owner;
            this.task = task;
        }
    }

    private void work(Turn turn) {
        try {
            turn.task.work.run();
        } finally {
            end(turn);
        }
    }

    /** Its work is done, or its thread is left alone with it. */
    private synchronized void end(Turn turn) {
        if (turn.isOver) {
            return;
        }
        turn.isOver = true;
        turn.owner.working--;
        turn.owner.workingOnCostly -= turn.task.isCostly ? 1 : 0;
        bytesAtWork -= room(turn.task.bytes);
        giveTurn(turn.owner);
        if (turn.owner.working == 0 && turn.owner.waiting.isEmpty()) {
            owners.remove(turn.owner.key, turn.owner);
        }
        if (!turns.isEmpty() && idle > 0) {
            notify();
        }
    }

    @GuardedBy("this") private void giveTurn(Owner owner) {
        if (!owner.hasTurn && !owner.waiting.isEmpty() && owner.working < mostOfOne) {
            owner.hasTurn = true;
            turns.add(owner);
        }
    }

    private synchronized @Nullable Turn pollTurn() {
        Owner owner = nextThatFits();
        if (owner == null) {
            return null;
        }
        Task task = owner.waiting.remove();
        long room = room(task.bytes);
        if (room > 0) {
            pass(owner);
        }
        turns.remove(owner);
        owner.workingOnCostly += task.isCostly ? 1 : 0;
        bytes -= task.bytes;
        bytesAtWork += room;
        owner.working++;
        owner.hasTurn = false;
        giveTurn(owner);
        return new Turn(owner, task);
    }

    /** One that does not fit is passed by others that do, for a while, and by small ones always. */
    @GuardedBy("this") private @Nullable Owner nextThatFits() {
        boolean isWaitedFor = false;
        for (Owner each : turns) {
            Task next = each.waiting.element();
            if (next.isCostly && each.workingOnCostly >= mostCostlyOfOne) {
                continue; // it waits for its own
            }
            long room = room(next.bytes);
            if (room == 0 || (!isWaitedFor && (bytesAtWork == 0 || bytesAtWork + room <= mostAtWork))) {
                return each;
            }
            isWaitedFor |= each.passedBy >= MOST_PASSING;
        }
        return null;
    }

    private long room(long size) {
        return size <= small ? 0 : size;
    }

    @SuppressWarnings("ReferenceEquality") // an owner is one object
    @GuardedBy("this") private void pass(Owner next) {
        next.passedBy = 0;
        for (Owner each : turns) {
            if (each == next) {
                return;
            }
            each.passedBy++;
        }
    }

    /** Null where there has been nothing to do for a while. */
    private synchronized @Nullable Turn awaitTurn() throws InterruptedException {
        long deadline = System.nanoTime() + IDLE_NANOS;
        while (nextThatFits() == null && !closed) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                return null;
            }
            idle++;
            try {
                TimeUnit.NANOSECONDS.timedWait(this, left);
            } finally {
                idle--;
            }
        }
        return pollTurn();
    }

    private synchronized String nextName() {
        return "worker-" + ++made;
    }

    private final class Worker extends WatchedThread {

        private volatile @Nullable Turn turn;

        Worker() {
            super(nextName(), deadlines);
        }

        @SuppressWarnings("ReferenceEquality") // they are one object
        boolean isOf(Workers workers) {
            return Workers.this == workers;
        }

        @Override
        protected void work() {
            try (ThreadLocalCleaner residue = ThreadLocalCleaner.ofThisThread()) {
                Turn next;
                while (!isRelieved() && (next = awaitTurn(residue)) != null) {
                    turn = next;
                    callNext();
                    Workers.this.work(next);
                    turn = null;
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } finally {
                if (!isRelieved()) {
                    goHome();
                }
            }
        }

        private @Nullable Turn awaitTurn(ThreadLocalCleaner residue) throws InterruptedException {
            residue.rest();
            try {
                return Workers.this.awaitTurn();
            } finally {
                residue.resume();
            }
        }

        /** A task that came while this thread was going home needs another. */
        private void goHome() {
            Worker next = null;
            synchronized (Workers.this) {
                threads--;
                if (nextThatFits() != null && !closed) {
                    threads++;
                    next = new Worker();
                }
            }
            if (next != null) {
                Workers.this.start(next);
            }
        }

        @Override
        protected void handOver() {
            new Worker().start();
            Turn kept = turn;
            if (kept != null) { // what it takes is with the provider now
                Workers.this.end(kept);
            }
        }
    }
}
