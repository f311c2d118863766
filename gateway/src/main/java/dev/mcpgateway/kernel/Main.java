// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel;

import dev.mcpgateway.kernel.cli.CommandLineInterface;
import dev.mcpgateway.kernel.cli.ConfigFile;
import dev.mcpgateway.kernel.cli.Stdio;
import dev.mcpgateway.kernel.descriptor.DescriptorOutput;
import dev.mcpgateway.kernel.descriptor.Descriptors;
import dev.mcpgateway.kernel.log.JavaLogging;
import java.net.URLConnection;
import java.util.Optional;

/** Where the process begins. */
public final class Main {

    private Main() {}

    public static void main(String[] args) {
        // Before any jar is opened: a cached one stays open for ever, and its next version is read by the old index.
        URLConnection.setDefaultUseCaches("jar", false);
        DescriptorOutput protocol = Descriptors.output();
        System.setOut(System.err); // what a library prints is not protocol
        JavaLogging.claim();
        System.exit(run(args, protocol));
    }

    /** An editor waits for {@code stdio}, so that is told apart by hand; all other words are picocli's. */
    private static int run(String[] args, DescriptorOutput protocol) {
        int words = args.length;
        boolean isStdio = words > 0 && args[words - 1].equals("stdio");
        int options = isStdio ? words - 1 : words;
        if (options == 0) {
            return Stdio.serve(ConfigFile.named(Optional.empty()), protocol);
        }
        if (options == 2 && args[0].equals("--config")) {
            return Stdio.serve(ConfigFile.named(Optional.of(args[1])), protocol);
        }
        return CommandLineInterface.run(args, protocol);
    }
}
