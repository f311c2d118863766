// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.bench;

import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Measures subjects in turn, round by round, so that what else the machine does meets all of them alike.
 *
 * @param count how many rounds
 * @param schedule no round but the first three is begun once {@code part} of it is past
 */
record Rounds(int count, Schedule schedule, double part) {

    private static final int LEAST = 3;
    private static final int LARGE = 64 * 1024;
    private static final int STEP = 500;

    /** One thing to measure: a subject under a load. */
    record Task(String name, Subject subject, Load load) {}

    /** A task that takes about that time, which is found out by calling the subject a little. */
    static Task task(String name, Subject subject, Load load, Duration time) throws IOException {
        int few = load.bytes() < LARGE ? 100 + 4 * load.inFlight() : LEAST;
        double rate = subject.call(new Load(load.inFlight(), few, load.bytes())).callsPerSecond();
        return new Task(name, subject, load.lasting(time, rate));
    }

    /** Calls it until its methods are compiled, one hopes: that often, or for that long where it is slow. */
    static void warmUp(Subject subject, int inFlight, int calls, Duration limit) throws IOException {
        long end = System.nanoTime() + limit.toNanos();
        for (int done = 0; done < calls && System.nanoTime() < end; done += STEP) {
            subject.call(new Load(inFlight, STEP, Load.SHORT));
        }
    }

    /** One sample of each task for each round. */
    Samples run(List<Task> tasks) throws IOException {
        Samples samples = new Samples();
        for (int round = 0; round < count && (round < LEAST || !schedule.isPast(part)); round++) {
            for (int i = 0; i < tasks.size(); i++) {
                Task task = tasks.get((i + round) % tasks.size()); // nobody always follows the same other
                samples.add(task.name(), task.subject().call(task.load()));
            }
        }
        return samples;
    }
}
