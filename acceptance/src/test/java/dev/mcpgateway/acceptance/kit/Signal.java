// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.IOException;
import java.io.UncheckedIOException;

/** A POSIX signal, sent by process id. */
public enum Signal {
    TERM,
    INT,
    HUP,
    KILL,
    STOP,
    CONT;

    /** Sends it, and says whether there was a process to receive it. */
    public boolean send(long pid) {
        return sendTo(Long.toString(pid));
    }

    /** Sends it to all of a process group, as a terminal does. */
    public boolean sendToGroup(long leader) {
        return sendTo("-" + leader);
    }

    private boolean sendTo(String whom) {
        try {
            return new ProcessBuilder("kill", "-" + name(), "--", whom)
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
