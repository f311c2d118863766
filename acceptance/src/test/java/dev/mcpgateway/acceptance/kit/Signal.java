package dev.mcpgateway.acceptance.kit;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A POSIX signal, sent by process id. */
public enum Signal {
    TERM,
    HUP,
    KILL,
    STOP,
    CONT;

    /** Sends it, and says whether there was a process to receive it. */
    public boolean send(long pid) {
        try {
            return new ProcessBuilder("kill", "-" + name(), Long.toString(pid))
                            .redirectErrorStream(true)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while sending SIG" + name(), e);
        }
    }
}
