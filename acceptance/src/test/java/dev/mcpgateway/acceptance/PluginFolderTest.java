// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.SignedJar;
import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Files in the plugin folder that are no good, beside one that is: it serves, they end in a visible state with a reason. */
class PluginFolderTest {

    private static final String HI = "{\"message\":\"Hi\"}";

    @Test
    void files_that_are_no_sound_jar_are_refused_with_a_code_and_the_good_one_serves() throws Exception {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Path folder = installation.pluginsDir();
            byte[] good = good("good").bytes();
            Map<String, String> codes = new LinkedHashMap<>();
            Files.write(folder.resolve("empty.jar"), new byte[0]);
            codes.put("empty.jar", "EMPTY");
            Files.writeString(folder.resolve("text.jar"), "this is no zip file\n");
            codes.put("text.jar", "NOT_A_ZIP");
            Files.write(folder.resolve("truncated.jar"), Arrays.copyOf(good, good.length / 2));
            codes.put("truncated.jar", "DAMAGED");
            Files.write(folder.resolve("holed.jar"), withAHole(good("holed").bytes()));
            codes.put("holed.jar", "DAMAGED");
            good("escaping").entry("../escaped.txt", "out".getBytes(UTF_8)).dropInto(folder);
            codes.put("escaping.jar", "UNSAFE_ENTRY");
            Path outside = installation.folder().resolve("outside.jar");
            Files.write(outside, good("linked").bytes());
            Files.createSymbolicLink(folder.resolve("linked.jar"), outside);
            codes.put("linked.jar", "LINK_LEAVES_FOLDER");
            makeFifo(folder.resolve("fifo.jar"));
            codes.put("fifo.jar", "NOT_A_FILE");
            Files.createDirectory(folder.resolve("folder.jar"));
            codes.put("folder.jar", "NOT_A_FILE");
            Files.write(folder.resolve("bomb.jar"), bomb());
            codes.put("bomb.jar", "TOO_LARGE");
            good("good").dropInto(folder);

            assertRefused(installation, codes, "REFUSED");
            assertThat(installation.folder().resolve("escaped.txt")).doesNotExist();
            try (var all = Files.walk(installation.folder())) {
                assertThat(all.filter(path -> path.getFileName().toString().equals("escaped.txt")))
                        .isEmpty();
            }
        }
    }

    @Test
    void a_jar_that_does_not_fit_the_signature_in_it_says_so() throws IOException {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Path folder = installation.pluginsDir();
            byte[] signed = SignedJar.of(
                    good("good").entry("notes.txt", "as signed".getBytes(UTF_8)).bytes(), installation.folder());
            Files.write(folder.resolve("good.jar"), signed);
            Files.write(
                    folder.resolve("tampered.jar"),
                    SignedJar.changed(
                            SignedJar.of(
                                    good("tampered")
                                            .entry("notes.txt", "as signed".getBytes(UTF_8))
                                            .bytes(),
                                    installation.folder()),
                            "notes.txt",
                            text -> "not quite".getBytes(UTF_8)));
            PluginJar leftover = good("leftover");
            SignedJar.signature(signed).forEach(leftover::entry);
            leftover.dropInto(folder);

            assertRefused(installation, Map.of("tampered.jar", "SIGNATURE", "leftover.jar", "SIGNATURE"), "REFUSED");
        }
    }

    @Test
    void a_native_library_that_cannot_be_had_is_named_as_that() throws IOException {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Path folder = installation.pluginsDir();
            Path library = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("nio"));
            starting("missing", "System.load(\"/not/there.so\");").dropInto(folder);
            starting("taken", "System.load(\"" + library + "\");").dropInto(folder);
            good("good").dropInto(folder);

            assertRefused(
                    installation, Map.of("missing.jar", "NATIVE_LIBRARY", "taken.jar", "NATIVE_LIBRARY"), "FAILED");
        }
    }

    @Test
    void manifests_that_do_not_name_a_fitting_plugin_are_refused() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Path folder = installation.pluginsDir();
            Map<String, String> codes = new LinkedHashMap<>();
            good("no-id").without("Plugin-Id").dropInto(folder);
            codes.put("no-id.jar", "MANIFEST_KEY_MISSING");
            good("odd-version").version("the newest").dropInto(folder);
            codes.put("odd-version.jar", "MANIFEST_KEY_INVALID");
            good("too-new").manifest("Plugin-Requires", ">=99.0.0").dropInto(folder);
            codes.put("too-new.jar", "API_VERSION");
            good("no-class").manifest("Plugin-Class", "nobody.Here").dropInto(folder);
            codes.put("no-class.jar", "CLASS_MISSING");
            good("good").dropInto(folder);
            assertRefused(installation, codes, "REFUSED");
        }
    }

    @Test
    void a_jar_that_brings_the_API_itself_is_refused() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            good("greedy").libraryOf(dev.mcpgateway.api.GatewayPlugin.class).dropInto(installation.pluginsDir());
            good("good").dropInto(installation.pluginsDir());
            assertRefused(installation, Map.of("greedy.jar", "API_BUNDLED"), "REFUSED");
        }
    }

    @Test
    void plugins_that_cannot_start_fail_with_a_code_and_the_good_one_serves_meanwhile() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            Path folder = installation.pluginsDir();
            Map<String, String> codes = new LinkedHashMap<>();
            starting("lacking", "lacking.Missing.touch();")
                    .source(
                            "lacking.Missing",
                            "package lacking; public class Missing { public static void touch() {} }")
                    .leaveOut("lacking.Missing")
                    .dropInto(folder);
            codes.put("lacking.jar", "DEPENDENCY_MISSING");
            starting("throwing", "throw new IllegalStateException(\"no licence\");")
                    .dropInto(folder);
            codes.put("throwing.jar", "START_THREW");
            PluginJar.of("static-init").acme("""
                            public final class Acme implements GatewayPlugin {
                                static final int NUMBER = Integer.parseInt("x");
                            }
                            """).dropInto(folder);
            codes.put("static-init.jar", "START_THREW");
            PluginJar.of("not-a-plugin").acme("public final class Acme {}").dropInto(folder);
            codes.put("not-a-plugin.jar", "NOT_A_PLUGIN");
            good("good").dropInto(folder);
            assertRefused(installation, codes, "FAILED");
        }
    }

    @Test
    void classes_of_a_later_Java_are_refused() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            good("from-the-future")
                    .patch("acme.Acme", classFile -> {
                        classFile[7] = 99; // the low byte of the major version
                        return classFile;
                    })
                    .dropInto(installation.pluginsDir());
            good("good").dropInto(installation.pluginsDir());
            assertRefused(installation, Map.of("from-the-future.jar", "JAVA_TOO_OLD"), "REFUSED");
        }
    }

    @Test
    void a_constructor_that_hangs_is_given_up_after_10_s_and_delays_nothing() {
        try (Installation installation = Installation.createWithoutPlugins()) {
            starting("hanging", "new java.util.concurrent.CountDownLatch(1).await();")
                    .dropInto(installation.pluginsDir());
            good("good").dropInto(installation.pluginsDir());
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                assertThat(client.request("tools/list", "{}").took()).isLessThan(LATEST);
                client.awaitExactly("good.echo.v1");
                Reply first = client.call("good.echo.v1", HI);
                assertThat(first.text()).isEqualTo(HI);
                assertThat(first.took()).as("held no longer than the list was").isLessThan(LATEST);
                org.awaitility.Awaitility.await()
                        .atMost(Duration.ofSeconds(3 * 10))
                        .untilAsserted(() -> assertThat(gateway.log().lines("code", "START_TIMEOUT"))
                                .singleElement()
                                .satisfies(line ->
                                        assertThat(line.path("file").asString()).isEqualTo("hanging.jar")));
                assertServes(client);
            }
        }
    }

    /** By the log of a gateway, by {@code plugins} beside it, and by {@code check} and {@code plugins} without one. */
    private static void assertRefused(Installation installation, Map<String, String> codes, String state) {
        try (Gateway gateway = installation.start()) {
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("good.echo.v1");
            assertServes(client);
            codes.forEach((file, code) -> {
                JsonNode line = gateway.log()
                        .await(each -> each.path("file").asString("").equals(file)
                                && each.path("state").asString("").equals(state));
                assertThat(line.path("code").asString()).as(file).isEqualTo(code);
                assertThat(line.path("message").asString()).as(file).hasSizeGreaterThan(20);
                System.out.println(file + " → " + line.path("message").asString());
            });
            assertListed(installation.run("plugins"), codes, state);
            assertThat(client.toolNames()).containsExactly("good.echo.v1");
        }
        if (state.equals("REFUSED")) { // what can be seen without running a class
            assertListed(installation.run("plugins"), codes, state);
            Installation.Run check = installation.run("check");
            assertListed(check, codes, state);
        }
    }

    private static void assertListed(Installation.Run run, Map<String, String> codes, String state) {
        List<String> lines = (run.stdout() + run.stderr()).lines().toList();
        codes.forEach((file, code) -> assertThat(lines)
                .as(file + " in " + lines)
                .anyMatch(line -> line.contains(file) && line.contains(state) && line.contains(code)));
        assertThat(lines).anyMatch(line -> line.startsWith("good.jar"));
    }

    private static void assertServes(Client client) {
        assertThat(client.call("good.echo.v1", HI).text()).isEqualTo(HI);
    }

    private static PluginJar good(String id) {
        return PluginJar.withTool(id, "echo.v1", "return ToolResult.of(arguments);");
    }

    /** A plugin whose constructor runs this. */
    private static PluginJar starting(String id, String body) {
        return PluginJar.of(id).acme("""
                public final class Acme implements GatewayPlugin {
                    public Acme() throws Exception {
                        if (System.nanoTime() != 0) {
                            %s
                        }
                    }
                }
                """.formatted(body));
    }

    /** Zeroes in the middle, as a copy that broke off and was padded has. */
    private static byte[] withAHole(byte[] jar) {
        int from = jar.length / 3;
        Arrays.fill(jar, from, Math.min(jar.length, from + 200), (byte) 0);
        return jar;
    }

    /** 64 entries of 64 MiB of zeros each, 4 GiB in all, in some 4 MiB: deflated once, written 64 times. */
    private static byte[] bomb() {
        int size = 64 << 20;
        byte[] zeros = new byte[size];
        CRC32 crc = new CRC32();
        crc.update(zeros);
        Deflater deflater = new Deflater(Deflater.BEST_SPEED, true);
        deflater.setInput(zeros);
        deflater.finish();
        byte[] deflated = new byte[1 << 20];
        int packed = deflater.deflate(deflated);
        deflater.end();
        ByteBuffer zip = ByteBuffer.allocate(64 * (packed + 200) + 100).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer directory = ByteBuffer.allocate(64 * 100).order(ByteOrder.LITTLE_ENDIAN);
        for (int entry = 0; entry < 64; entry++) {
            byte[] name = ("zeros-" + entry).getBytes(UTF_8);
            directory.putInt(0x02014b50).putShort((short) 20);
            for (ByteBuffer header : List.of(zip.putInt(0x04034b50), directory)) {
                header.putShort((short) 20)
                        .putShort((short) 0)
                        .putShort((short) 8)
                        .putInt(0);
                header.putInt((int) crc.getValue()).putInt(packed).putInt(size);
                header.putShort((short) name.length).putShort((short) 0);
            }
            directory.putShort((short) 0).putInt(0).putInt(0);
            directory.putInt(zip.position() - 30).put(name);
            zip.put(name).put(deflated, 0, packed);
        }
        int start = zip.position();
        zip.put(directory.flip())
                .putInt(0x06054b50)
                .putInt(0)
                .putShort((short) 64)
                .putShort((short) 64);
        zip.putInt(directory.limit()).putInt(start).putShort((short) 0);
        return Arrays.copyOf(zip.array(), zip.position());
    }

    private static void makeFifo(Path path) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("mkfifo", path.toString()).start().waitFor())
                .isZero();
    }
}
