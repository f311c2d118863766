// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.DropFolder.saying;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** {@code check}, {@code plugins} and a gateway that serves say the same of one folder: state, code and text of each file. */
@Timeout(120)
class SameVerdictTest {

    private static final Duration EVENTUALLY = Duration.ofSeconds(30);

    /** By file, what must come of it: the gateway's state and code. */
    private final Map<String, String> expected = new TreeMap<>();

    @Test
    void of_copies_versions_types_and_awkward_names() throws IOException {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Path folder = installation.pluginsDir();
            lay(folder);
            List<String> check = verdicts(installation.run("check").stdout());
            List<String> alone = verdicts(installation.run("plugins").stdout());
            try (Gateway gateway = installation.start()) {
                gateway.client().initialize();
                await().atMost(EVENTUALLY)
                        .untilAsserted(() -> assertThat(verdicts(
                                        installation.runBeside("plugins").stdout()))
                                .noneMatch(row -> row.contains(" | SEEN ") || row.contains(" | INSPECTED "))
                                .hasSize(expected.size()));
                List<String> serving =
                        verdicts(installation.runBeside("plugins").stdout());

                assertThat(serving.stream().map(SameVerdictTest::stateAndCode)).containsExactlyElementsOf(expected());
                assertThat(alone.stream().map(SameVerdictTest::asServing)).containsExactlyElementsOf(serving);
                assertThat(check.stream().map(SameVerdictTest::asServing)).containsExactlyElementsOf(serving);
            }
        }
    }

    @Test
    void of_a_folder_that_its_group_may_write_to() throws IOException {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Files.setPosixFilePermissions(installation.pluginsDir(), PosixFilePermissions.fromString("rwxrwxr-x"));

            Installation.Run check = installation.run("check");

            assertThat(check.exitCode()).as(check.stderr()).isZero();
            assertThat(check.stderr()).contains("warning: the group '").contains("may write to the plugin folder");
            assertThat(installation.run("plugins").stderr()).contains("may write to the plugin folder");
            try (Gateway gateway = installation.start()) {
                gateway.client().initialize();
                gateway.log().await("may write to the plugin folder");
            }
        }
    }

    private void lay(Path folder) throws IOException {
        byte[] low = saying("versions", "1.0.0");
        put(folder, "versions-1.jar", low, "REFUSED LOWER_VERSION");
        put(folder, "versions-2.jar", saying("versions", "2.0.0"), "LIVE");
        put(folder, "versions-1-copy.jar", low, "REFUSED LOWER_VERSION");

        byte[] copied = saying("copied", "1.0.0");
        put(folder, "copied-a.jar", copied, "LIVE");
        put(folder, "copied-b.jar", copied, "REFUSED DUPLICATE_FILE");
        Files.createSymbolicLink(folder.resolve("copied-c.jar"), folder.resolve("copied-a.jar"));
        expected.put("copied-c.jar", "REFUSED DUPLICATE_FILE");

        put(folder, "builds-a.jar", saying("builds", "1.0.0"), "REFUSED DUPLICATE_ID");
        put(folder, "builds-b.jar", anotherBuild("builds", "1.0.0"), "REFUSED DUPLICATE_ID");
        put(folder, "snapshots-a.jar", saying("snapshots", "1.0.0-SNAPSHOT"), "REFUSED DUPLICATE_ID");
        put(folder, "snapshots-b.jar", anotherBuild("snapshots", "1.0.0-SNAPSHOT"), "LIVE");

        byte[] higherButUnfit = PluginJar.withManifest(saying("unfit", "2.0.0"), Map.of("Plugin-Requires", ">=99.0.0"));
        put(folder, "unfit-1.jar", saying("unfit", "1.0.0"), "LIVE");
        put(folder, "unfit-2.jar", higherButUnfit, "REFUSED API_VERSION");

        put(folder, "tone-by-zoe.jar", offeringType("zoe", "tone", "1.0.0"), "REFUSED NAME_TAKEN");
        put(folder, "tone-by-adam.jar", offeringType("adam", "tone", "1.0.0"), "REFUSED LOWER_VERSION");
        put(folder, "tone-by-adam-2.jar", offeringType("adam", "tone", "1.1.0"), "LIVE");
        // the higher version wants what another has, so the lower one is left to serve
        put(folder, "kept-1.jar", offeringType("kept", "own", "1.0.0"), "LIVE");
        put(folder, "kept-2.jar", offeringType("kept", "tone", "2.0.0"), "REFUSED NAME_TAKEN");

        put(folder, "with a space.jar", saying("spaced", "1.0.0"), "LIVE");
        put(folder, "-rf.jar", saying("dashed", "1.0.0"), "LIVE");
        put(folder, "grüße-世界.jar", saying("greeting", "1.0.0"), "LIVE");
        Files.write(folder.resolve("two\nlines.jar"), saying("two-lines", "1.0.0"));
        expected.put("two lines.jar", "LIVE");
        put(folder, "upper.JAR", saying("upper", "1.0.0"), "IGNORED");
        put(folder, "old.jar.bak", saying("old", "1.0.0"), "IGNORED");
        Files.write(folder.resolve(".hidden.jar"), saying("hidden", "1.0.0"));
    }

    private void put(Path folder, String file, byte[] jar, String stateAndCode) throws IOException {
        Files.write(folder.resolve(file), jar);
        expected.put(file, stateAndCode);
    }

    private static byte[] anotherBuild(String id, String version) {
        return PluginJar.withTool(id, "other.v1", "return ToolResult.text(\"other\");")
                .version(version)
                .entry("build.txt", "another".getBytes(UTF_8))
                .bytes();
    }

    private static byte[] offeringType(String id, String type, String version) {
        return PluginJar.of(id)
                .version(version)
                .manifest("Plugin-Types", type)
                .acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override
                            public List<ProviderType> providerTypes(PluginContext context) {
                                return List.of(new ProviderType() {
                                    @Override
                                    public String name() {
                                        return "%s";
                                    }

                                    @Override
                                    public ProviderInstance open(ProviderConfig config, ProviderContext opened) {
                                        throw new IllegalStateException("nobody asks for it");
                                    }
                                });
                            }
                        }
                        """.formatted(type))
                .bytes();
    }

    private List<String> expected() {
        return expected.entrySet().stream()
                .map(each -> each.getKey() + " | " + each.getValue())
                .sorted()
                .toList();
    }

    /** Each row of the table, {@code FILE | ID | VERSION | STATE | LAST ERROR}, in the order of the files' names. */
    private static List<String> verdicts(String stdout) {
        List<String> lines = stdout.lines()
                .dropWhile(line -> !line.startsWith("FILE "))
                .takeWhile(line -> !line.isBlank())
                .toList();
        String head = lines.getFirst();
        return lines.stream()
                .skip(1)
                .map(row -> String.join(
                        " | ",
                        cell(row, 0, head.indexOf("ID ")),
                        cell(row, head.indexOf("ID "), head.indexOf("VERSION")),
                        cell(row, head.indexOf("VERSION"), head.indexOf("STATE")),
                        cell(row, head.indexOf("STATE"), head.indexOf("SINCE")),
                        cell(row, head.indexOf("LAST ERROR"), Integer.MAX_VALUE)))
                .sorted()
                .toList();
    }

    private static String cell(String row, int from, int to) {
        return from >= row.length()
                ? ""
                : row.substring(from, Math.min(to, row.length())).strip();
    }

    private static String stateAndCode(String verdict) {
        String[] cells = verdict.split(" \\| ", -1);
        String code = cells[4].contains(": ") ? cells[4].substring(0, cells[4].indexOf(": ")) : "";
        return (cells[0] + " | " + cells[3] + " " + (code.matches("[A-Z_]+") ? code : "")).strip();
    }

    /** What would start is live where a gateway serves. */
    private static String asServing(String verdict) {
        return verdict.replace(" | INSPECTED | ", " | LIVE | ");
    }
}
