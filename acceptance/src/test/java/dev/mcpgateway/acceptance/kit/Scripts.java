// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/** Shell scripts that stand between a client and the launcher, or between the gateway and a provider. */
public final class Scripts {

    private Scripts() {}

    /** Writes an executable script of these lines. */
    public static Path write(Path file, String lines) throws IOException {
        Files.writeString(file, "#!/bin/sh\n" + lines + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    }

    /** The launcher as one word of a script. */
    public static String launcher() {
        return "'" + Checkout.launcher().toString().replace("'", "'\\''") + "'";
    }
}
