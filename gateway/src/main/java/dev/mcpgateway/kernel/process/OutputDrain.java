// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Reads one output of a process to its end, so that the process never stands still for us, and logs each line as it is
 * under {@code provider.NAME}, cut at 8 KiB. Blank lines are left out.
 *
 * <p>What comes past the {@link OutputQuota} is read and not looked at: whole lines are left out, and their bytes counted.
 * It is read at tens of megabytes a second, so that a process that does nothing but write costs nobody a core.
 */
final class OutputDrain implements Runnable {

    static final int LONGEST_LINE = 8 * 1024;
    static final String MARK = " [cut]";

    private static final int CHUNK = 64 * 1024;
    private static final long PAUSE_EVERY_CHUNK = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long BETWEEN_COMPLAINTS = TimeUnit.SECONDS.toNanos(5);

    private final InputStream in;
    private final OutputQuota quota;
    private final Log log;
    private final Fields fields;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private long cut; // bytes of this line that are not in it
    private boolean isSkipping; // to the end of a line
    private long skipped;
    private long sincePause;
    private long complained = System.nanoTime() - BETWEEN_COMPLAINTS;

    OutputDrain(InputStream in, String provider, OutputQuota quota) {
        this.in = in;
        this.quota = quota;
        log = Log.named("provider." + provider);
        fields = Fields.ofProvider(provider);
    }

    @Override
    public void run() {
        byte[] chunk = new byte[CHUNK];
        try {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                if (quota.take(read)) {
                    take(chunk, read);
                } else {
                    skip(read);
                }
            }
        } catch (IOException e) {
            // The process is gone and its pipe with it.
        }
        endLine();
        complain();
    }

    private void take(byte[] chunk, int end) {
        int from = isSkipping ? skipToNextLine(chunk, end) : 0;
        for (int i = from; i < end; i++) {
            byte b = chunk[i];
            if (b == '\n') {
                endLine();
            } else if (length < LONGEST_LINE) {
                line[length++] = b;
            } else {
                cut++;
            }
        }
    }

    private int skipToNextLine(byte[] chunk, int end) {
        int next = 0;
        while (next < end && isSkipping) {
            isSkipping = chunk[next] != '\n';
            next++;
        }
        skipped += next;
        if (!isSkipping && System.nanoTime() - complained > BETWEEN_COMPLAINTS) {
            complain();
        }
        return next;
    }

    private void skip(int bytes) {
        skipped += length + cut + bytes;
        length = 0;
        cut = 0;
        isSkipping = true;
        sincePause += bytes;
        if (sincePause >= CHUNK) {
            sincePause = 0;
            LockSupport.parkNanos(PAUSE_EVERY_CHUNK);
        }
    }

    private void complain() {
        if (skipped > 0) {
            complained = System.nanoTime();
            log.log(
                    Log.Level.WARN,
                    "skipped " + skipped + " bytes of its output: past " + OutputQuota.BYTES_A_SECOND
                            + " bytes a second lines are left out; make it write less",
                    fields);
            skipped = 0;
        }
    }

    private void endLine() {
        if (length > 0) {
            String text = new String(line, 0, length, UTF_8).stripTrailing();
            if (!text.isEmpty()) {
                log.relay(cut > 0 ? text + MARK : text, fields);
            }
        }
        length = 0;
        cut = 0;
    }
}
