package dev.mcpgateway.kernel.process;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import java.io.IOException;
import java.io.InputStream;

/**
 * Reads one output of a process to its end, so that the process never stands still for us, and logs each line as it is
 * under {@code provider.NAME}, cut at 8 KiB. Blank lines are left out.
 */
final class OutputDrain implements Runnable {

    static final int LONGEST_LINE = 8 * 1024;
    static final String MARK = " [cut]";

    private final InputStream in;
    private final Log log;
    private final Fields fields;
    private final byte[] line = new byte[LONGEST_LINE];
    private int length;
    private boolean cut;

    OutputDrain(InputStream in, String provider) {
        this.in = in;
        log = Log.named("provider." + provider);
        fields = Fields.ofProvider(provider);
    }

    @Override
    public void run() {
        byte[] chunk = new byte[8 * 1024];
        try {
            for (int read = in.read(chunk); read >= 0; read = in.read(chunk)) {
                take(chunk, read);
            }
        } catch (IOException e) {
            // The process is gone and its pipe with it.
        }
        endLine();
    }

    private void take(byte[] chunk, int end) {
        for (int i = 0; i < end; i++) {
            byte b = chunk[i];
            if (b == '\n') {
                endLine();
            } else if (length < LONGEST_LINE) {
                line[length++] = b;
            } else {
                cut = true;
            }
        }
    }

    private void endLine() {
        if (length > 0) {
            String text = new String(line, 0, length, UTF_8).stripTrailing();
            if (!text.isEmpty()) {
                log.relay(cut ? text + MARK : text, fields);
            }
        }
        length = 0;
        cut = false;
    }
}
