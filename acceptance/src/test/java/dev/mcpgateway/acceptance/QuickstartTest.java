// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Checkout;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Json;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** {@code make quickstart}, on a machine that has a JDK and Maven and nothing of the other toolchains. */
@Timeout(value = 60, unit = SECONDS)
class QuickstartTest {

    private static final Set<String> MISSING =
            Set.of("go", "gofmt", "cargo", "rustc", "cc", "gcc", "node", "npm", "npx");

    /** A stamp that make is told to take as it is, so that the product is not built while it is tested. */
    private static final String BUILT = "gateway/target/built";

    private record Run(int exitCode, String output) {}

    @TempDir
    Path folder;

    @BeforeEach
    void link_the_programs_of_this_machine() throws IOException {
        Path programs = Files.createDirectory(folder.resolve("programs"));
        for (String place : System.getenv("PATH").split(File.pathSeparator)) {
            Path at = Path.of(place);
            if (!Files.isDirectory(at)) {
                continue;
            }
            try (Stream<Path> files = Files.list(at)) {
                for (Path file : files.toList()) {
                    Path link = programs.resolve(file.getFileName());
                    if (!MISSING.contains(link.getFileName().toString()) && !Files.isSymbolicLink(link)) {
                        Files.createSymbolicLink(link, file.toAbsolutePath());
                    }
                }
            }
        }
    }

    @Test
    void it_lists_and_calls_the_plugin_and_says_how_to_go_on() throws Exception {
        Run run = make("-o", BUILT, "quickstart");

        assertThat(run.exitCode).as(run.output).isZero();
        assertThat(run.output)
                .contains("$ bin/mcp-gateway --config quickstart.yaml list\n")
                .contains("hello.echo.v1", "hello.sum.v1", "hello://greeting", "hello-plan")
                .contains("call hello.sum.v1 '{\"numbers\":[1,2,3]}'\n{\"sum\":6}\n")
                .endsWith("\n" + Checkout.ROOT.resolve("quickstart-plugins") + "\n");
        JsonNode client = Json.parse(run.output.substring(run.output.indexOf("{\n"), run.output.lastIndexOf("}\n") + 1))
                .path("mcpServers")
                .path("gateway");
        assertThat(client.path("command").asString())
                .isEqualTo(Checkout.ROOT.resolve("bin/mcp-gateway").toString());
        assertThat(client.path("args").path(0).asString()).isEqualTo("--config");

        Path configuration = Path.of(client.path("args").path(1).asString());
        try (Installation installation = Installation.createWithoutPlugins();
                Gateway gateway = installation.startWith(configuration)) {
            gateway.client().ready("hello.echo.v1", "hello.sum.v1");
        }
    }

    @Test
    void without_the_plugin_it_fails() throws Exception {
        Path checkout = folder.resolve("checkout");
        Checkout.copyTo(checkout);
        Files.createDirectory(checkout.resolve("quickstart-plugins"));
        Files.createDirectory(checkout.resolve("dev"));
        for (String file : List.of("dev/quickstart", "quickstart.yaml")) {
            Files.copy(Checkout.ROOT.resolve(file), checkout.resolve(file));
        }

        Run run = run(List.of("sh", checkout.resolve("dev/quickstart").toString()));

        assertThat(run.exitCode).as(run.output).isNotZero();
        assertThat(run.output).contains("hello.sum.v1").doesNotContain("mcpServers");
    }

    @Test
    void from_nothing_it_builds_the_java_side_only() throws Exception {
        Run run = make("--dry-run", "--always-make", "quickstart");

        assertThat(run.exitCode).as(run.output).isZero();
        assertThat(run.output).contains("mvn -B", "dev/quickstart");
        assertThat(run.output).doesNotContain("hello-go", "hello-rs", "conformance", "npm", "train-aot");
    }

    private Run make(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("make", "--no-print-directory"));
        command.addAll(List.of(words));
        return run(command);
    }

    private Run run(List<String> command) throws IOException, InterruptedException {
        Path output = folder.resolve("output");
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(Checkout.ROOT.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().clear();
        builder.environment()
                .putAll(Map.of(
                        "PATH", folder.resolve("programs").toString(),
                        "HOME", folder.toString(),
                        "LANG", "C.UTF-8",
                        "JAVA_HOME", System.getProperty("java.home")));
        Process process = builder.start();
        process.getOutputStream().close();
        assertThat(process.waitFor(40, SECONDS)).as("make ends").isTrue();
        return new Run(process.exitValue(), Files.readString(output, UTF_8));
    }
}
