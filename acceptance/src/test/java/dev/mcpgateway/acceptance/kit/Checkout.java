// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.stream.Stream;

/** Where the build left its products. */
public final class Checkout {

    /** The root of the project, whichever of its folders the tests were started in. */
    public static final Path ROOT = root();

    private Checkout() {}

    /** Of this checkout, or of the copy of it that {@code make elsewhere} has made. */
    public static Path launcher() {
        String copy = System.getProperty("acceptance.product", "");
        return copy.isEmpty() ? built("bin/mcp-gateway") : Path.of(copy, "bin/mcp-gateway");
    }

    public static Path helloGo() {
        return built("providers/hello-go/bin/hello-go");
    }

    /** The jar of a plugin of ours, e.g. {@code grpc-transport}. */
    public static Path pluginJar(String plugin) {
        try (Stream<Path> files = Files.list(built("plugins/" + plugin + "/target"))) {
            return files.filter(file -> file.getFileName().toString().matches(plugin + "-[0-9][0-9A-Z.-]*\\.jar"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(plugin + " was not built: run `make build`"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Copies the product as a release lays it out, with {@code bin} and {@code lib}.
     *
     * @return its launcher
     */
    public static Path copyTo(Path home) {
        copy(built("bin"), home.resolve("bin"));
        copy(built("gateway/target/lib"), home.resolve("lib"));
        return home.resolve("bin/mcp-gateway");
    }

    private static void copy(Path from, Path to) {
        try (Stream<Path> files = Files.list(from)) {
            Files.createDirectories(to);
            for (Path file : files.toList()) {
                Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path built(String path) {
        Path file = ROOT.resolve(path);
        if (!Files.exists(file)) {
            throw new IllegalStateException(path + " was not built: run `make build`");
        }
        return file;
    }

    private static Path root() {
        for (Path folder = Path.of("").toAbsolutePath(); folder != null; folder = folder.getParent()) {
            if (Files.exists(folder.resolve("bin/mcp-gateway"))) {
                return folder;
            }
        }
        throw new IllegalStateException("the tests run inside a checkout of the project");
    }
}
