// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HelloGo;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The start does not hang on what makes it quick. That nothing but protocol comes on stdout, the client holds of every
 * line; that a start leaves no error behind, the log of {@link Gateway} does.
 */
class StartTest {

    private final Installation installation = Installation.create().grpc("hello-go", HelloGo.SUPERVISED);
    private final Path home = installation.folder().resolve("product");
    private final Path lib = home.resolve("lib");

    @BeforeEach
    void copyTheProduct() {
        installation.launcher(Checkout.copyTo(home));
    }

    @AfterEach
    void close() {
        installation.close();
    }

    @Test
    void the_cache_beside_the_jars_is_used() throws IOException {
        Path cache = cache();

        assertThat(cacheOfAStart()).contains(cache);
    }

    @Test
    void a_start_without_a_cache_works() throws IOException {
        Files.delete(cache());

        assertThat(cacheOfAStart()).isEmpty();
    }

    @Test
    void a_start_with_an_empty_cache_works() throws IOException {
        Files.write(cache(), new byte[0]);

        cacheOfAStart();
    }

    @Test
    void a_start_with_half_a_cache_works() throws IOException {
        byte[] whole = Files.readAllBytes(cache());
        try (OutputStream half = Files.newOutputStream(cache())) {
            half.write(whole, 0, whole.length / 2);
        }

        cacheOfAStart();
    }

    @Test
    void a_start_with_noise_in_place_of_a_cache_works() throws IOException {
        Files.writeString(cache(), "noise\n".repeat(10_000));

        cacheOfAStart();
    }

    @Test
    void a_start_with_the_cache_of_another_program_works() throws IOException, InterruptedException {
        Path foreign = installation.folder().resolve("foreign.aot");
        Process maker = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:AOTCacheOutput=" + foreign,
                        "-cp",
                        lib.resolve("picocli-4.7.7.jar").toString(),
                        "picocli.AutoComplete",
                        "--help")
                .redirectErrorStream(true)
                .redirectOutput(installation.folder().resolve("foreign.log").toFile())
                .start();
        assertThat(maker.waitFor(60, TimeUnit.SECONDS)).isTrue();
        Files.copy(foreign, cache(), StandardCopyOption.REPLACE_EXISTING);

        cacheOfAStart();
    }

    @Test
    void a_rebuilt_jar_never_runs_the_classes_of_the_cache() throws IOException {
        Path jar = lib.resolve("gateway.jar");
        byte[] rebuilt = PluginJar.changed(
                Files.readAllBytes(jar),
                (name, content) -> new String(content, ISO_8859_1)
                        .replace("\"title\":\"MCP Gateway\"", "\"title\":\"MCP Rebuilt\"")
                        .getBytes(ISO_8859_1));
        Files.move(Files.write(lib.resolve("rebuilt"), rebuilt), jar, StandardCopyOption.REPLACE_EXISTING);

        try (Gateway gateway = installation.start()) {
            assertThat(gateway.client().initialize().toString()).contains("MCP Rebuilt");
        }
    }

    @Test
    void a_cache_is_not_used_once_any_jar_is_newer() throws IOException {
        Files.setLastModifiedTime(
                lib.resolve("picocli-4.7.7.jar"), FileTime.from(Instant.now().plusSeconds(5)));

        assertThat(cacheOfAStart()).isEmpty();
    }

    @Test
    void the_cache_in_the_users_private_folder_is_used() throws IOException {
        Path folder = cacheFolder("rwx------");
        Path cache = Files.move(cache(), folder.resolve(cache().getFileName()));

        assertThat(cacheOfAStart()).contains(cache);
    }

    @Test
    void a_cache_in_a_folder_that_others_may_enter_is_left_alone() throws IOException {
        Path folder = cacheFolder("rwxr-xr-x");
        Files.move(cache(), folder.resolve(cache().getFileName()));

        assertThat(cacheOfAStart()).isEmpty();
    }

    private Path cacheFolder(String permissions) throws IOException {
        installation.environment("HOME", installation.workingDirectory().toString());
        Path folder = Files.createDirectories(installation.workingDirectory().resolve(".cache/mcp-gateway"));
        return Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
    }

    private Path cache() throws IOException {
        try (Stream<Path> files = Files.list(lib)) {
            return files.filter(file -> file.toString().endsWith(".aot"))
                    .findAny()
                    .orElseThrow();
        }
    }

    /** A whole conversation, and the cache that the launcher gave to its JVM. */
    private Optional<Path> cacheOfAStart() {
        try (Gateway gateway = installation.start()) {
            gateway.expectNoise(); // the JVM may say on stderr what it thinks of its cache
            gateway.client().ready("hello-go.echo.v1");
            assertThat(gateway.client()
                            .call("hello-go.echo.v1", "{\"message\":\"Hi\"}")
                            .text())
                    .isEqualTo("{\"message\":\"Hi\"}");
            String[] arguments = ProcessHandle.of(gateway.pid())
                    .orElseThrow()
                    .info()
                    .arguments()
                    .orElseThrow();
            return Stream.of(arguments)
                    .filter(argument -> argument.startsWith("-XX:AOTCache="))
                    .map(argument -> Path.of(argument.substring("-XX:AOTCache=".length())))
                    .findAny();
        }
    }
}
