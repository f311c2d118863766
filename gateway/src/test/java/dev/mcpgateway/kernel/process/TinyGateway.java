// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import dev.mcpgateway.kernel.log.LogWriter;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A gateway that does nothing but keep one provider process: to be killed, and to have its log read. */
public final class TinyGateway {

    private TinyGateway() {}

    /** Arguments: the working folder, then the words of the command. Tells the events on standard output. */
    public static void main(String[] arguments) throws IOException {
        Path workDir = Path.of(arguments[0]);
        List<String> words = List.of(arguments).subList(1, arguments.length);
        LogWriter.start();
        SocketFolder sockets = SocketFolder.create();
        RunFile runFile = new RunFile(workDir, workDir.resolve("providers.yaml"), workDir.resolve("plugins-dir"));
        ProviderProcess process = ProviderProcess.start(
                new ProviderProcess.Command("hello", words, Map.of(), workDir, sockets.address(0)),
                runFile,
                new ShutdownUrgency(),
                new ProviderProcess.Events() {
                    @Override
                    public void listening() {
                        System.out.println("listening");
                    }

                    @Override
                    public void died(String reason) {
                        System.out.println("died: " + reason);
                    }
                });
        while (System.in.read() >= 0) {
            // Whatever comes; only the end matters.
        }
        process.close();
        runFile.close();
        sockets.close();
        LogWriter.close(Duration.ofSeconds(5));
    }
}
