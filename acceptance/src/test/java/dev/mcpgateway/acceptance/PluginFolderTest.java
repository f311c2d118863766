// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.Times.LATEST;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Log;
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
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Files in the plugin folder that are no good, beside one that is: it serves, they end in a visible state with a reason. */
class PluginFolderTest {

    private static final String HI = "{\"message\":\"Hi\"}";

    private static final Map<String, String> UNSOUND = Map.of(
            "empty.jar", "EMPTY",
            "text.jar", "NOT_A_ZIP",
            "truncated.jar", "DAMAGED",
            "holed.jar", "DAMAGED",
            "escaping.jar", "UNSAFE_ENTRY",
            "linked.jar", "LINK_LEAVES_FOLDER",
            "fifo.jar", "NOT_A_FILE",
            "folder.jar", "NOT_A_FILE",
            "bomb.jar", "TOO_LARGE");
    private static final Map<String, String> UNFIT = Map.of(
            "no-id.jar", "MANIFEST_KEY_MISSING",
            "odd-version.jar", "MANIFEST_KEY_INVALID",
            "too-new.jar", "API_VERSION",
            "no-class.jar", "CLASS_MISSING");
    private static final Map<String, String> MISSIGNED =
            Map.of("tampered.jar", "SIGNATURE", "leftover.jar", "SIGNATURE");
    private static final Map<String, String> BUNDLING = Map.of("greedy.jar", "API_BUNDLED");
    private static final Map<String, String> LATER = Map.of("from-the-future.jar", "JAVA_TOO_OLD");
    private static final Map<String, String> NATIVE =
            Map.of("missing.jar", "NATIVE_LIBRARY", "taken.jar", "NATIVE_LIBRARY");
    private static final Map<String, String> STARTING = Map.of(
            "lacking.jar", "DEPENDENCY_MISSING",
            "throwing.jar", "START_THREW",
            "static-init.jar", "START_THREW",
            "not-a-plugin.jar", "NOT_A_PLUGIN");

    /** One folder and one gateway for all that is decided at once; each test has files of its own. */
    private static Installation installation;

    private static Log log;
    private static Installation.Run besideAGateway;
    private static Installation.Run withoutOne;
    private static Installation.Run check;

    @BeforeAll
    static void all_are_decided_on_while_the_good_ones_serve() throws Exception {
        installation = Installation.createWithoutPlugins();
        Path folder = installation.pluginsDir();
        writeUnsound(folder);
        writeSigned(folder);
        writeUnfit(folder);
        writeNative(folder);
        writeStarting(folder);
        good("greedy").libraryOf(dev.mcpgateway.api.GatewayPlugin.class).dropInto(folder);
        good("from-the-future")
                .patch("acme.Acme", classFile -> {
                    classFile[7] = 99; // the low byte of the major version
                    return classFile;
                })
                .dropInto(folder);
        good("good").dropInto(folder);
        try (Gateway gateway = installation.start()) {
            log = gateway.log();
            Client client = gateway.client();
            client.initialize();
            client.awaitExactly("good.echo.v1", "signed.echo.v1");
            assertServes(client, "good.echo.v1");
            assertServes(client, "signed.echo.v1");
            Stream.of(UNSOUND, UNFIT, MISSIGNED, BUNDLING, LATER, NATIVE, STARTING)
                    .flatMap(codes -> codes.keySet().stream())
                    .forEach(file ->
                            log.await(line -> line.path("file").asString("").equals(file)
                                    && line.path("state").asString("").matches("REFUSED|FAILED")));
            besideAGateway = installation.run("plugins");
            assertThat(client.toolNames()).containsExactly("good.echo.v1", "signed.echo.v1");
            assertServes(client, "good.echo.v1");
        }
        withoutOne = installation.run("plugins");
        check = installation.run("check");
    }

    @AfterAll
    static void nothing_is_left() {
        installation.close();
    }

    @Test
    void files_that_are_no_sound_jar_are_refused_with_a_code_and_the_good_one_serves() throws IOException {
        assertDecided(UNSOUND, "REFUSED");
        assertThat(installation.folder().resolve("escaped.txt")).doesNotExist();
        try (Stream<Path> all = Files.walk(installation.folder())) {
            assertThat(all.filter(path -> path.getFileName().toString().equals("escaped.txt")))
                    .isEmpty();
        }
    }

    private static void writeUnsound(Path folder) throws Exception {
        byte[] good = good("good").bytes();
        Files.write(folder.resolve("empty.jar"), new byte[0]);
        Files.writeString(folder.resolve("text.jar"), "this is no zip file\n");
        Files.write(folder.resolve("truncated.jar"), Arrays.copyOf(good, good.length / 2));
        Files.write(folder.resolve("holed.jar"), withAHole(good("holed").bytes()));
        good("escaping").entry("../escaped.txt", "out".getBytes(UTF_8)).dropInto(folder);
        Path outside = installation.folder().resolve("outside.jar");
        Files.write(outside, good("linked").bytes());
        Files.createSymbolicLink(folder.resolve("linked.jar"), outside);
        makeFifo(folder.resolve("fifo.jar"));
        Files.createDirectory(folder.resolve("folder.jar"));
        Files.write(folder.resolve("bomb.jar"), bomb());
    }

    @Test
    void a_jar_that_does_not_fit_the_signature_in_it_says_so() {
        assertDecided(MISSIGNED, "REFUSED");
    }

    private static void writeSigned(Path folder) throws IOException {
        byte[] notes = "as signed".getBytes(UTF_8);
        byte[] signed = SignedJar.of(good("signed").entry("notes.txt", notes).bytes(), installation.folder());
        Files.write(folder.resolve("signed.jar"), signed);
        Files.write(
                folder.resolve("tampered.jar"),
                SignedJar.changed(
                        SignedJar.of(good("tampered").entry("notes.txt", notes).bytes(), installation.folder()),
                        "notes.txt",
                        text -> "not quite".getBytes(UTF_8)));
        PluginJar leftover = good("leftover");
        SignedJar.signature(signed).forEach(leftover::entry);
        leftover.dropInto(folder);
    }

    @Test
    void a_native_library_that_cannot_be_had_is_named_as_that() {
        assertDecided(NATIVE, "FAILED");
    }

    private static void writeNative(Path folder) {
        Path library = Path.of(System.getProperty("java.home"), "lib", System.mapLibraryName("nio"));
        starting("missing", "System.load(\"/not/there.so\");").dropInto(folder);
        starting("taken", "System.load(\"" + library + "\");").dropInto(folder);
    }

    @Test
    void manifests_that_do_not_name_a_fitting_plugin_are_refused() {
        assertDecided(UNFIT, "REFUSED");
    }

    private static void writeUnfit(Path folder) {
        good("no-id").without("Plugin-Id").dropInto(folder);
        good("odd-version").version("the newest").dropInto(folder);
        good("too-new").manifest("Plugin-Requires", ">=99.0.0").dropInto(folder);
        good("no-class").manifest("Plugin-Class", "nobody.Here").dropInto(folder);
    }

    @Test
    void a_jar_that_brings_the_API_itself_is_refused() {
        assertDecided(BUNDLING, "REFUSED");
    }

    @Test
    void plugins_that_cannot_start_fail_with_a_code_and_the_good_one_serves_meanwhile() {
        assertDecided(STARTING, "FAILED");
    }

    private static void writeStarting(Path folder) {
        starting("lacking", "lacking.Missing.touch();")
                .source("lacking.Missing", "package lacking; public class Missing { public static void touch() {} }")
                .leaveOut("lacking.Missing")
                .dropInto(folder);
        starting("throwing", "throw new IllegalStateException(\"no licence\");").dropInto(folder);
        PluginJar.of("static-init").acme("""
                        public final class Acme implements GatewayPlugin {
                            static final int NUMBER = Integer.parseInt("x");
                        }
                        """).dropInto(folder);
        PluginJar.of("not-a-plugin").acme("public final class Acme {}").dropInto(folder);
    }

    @Test
    void classes_of_a_later_Java_are_refused() {
        assertDecided(LATER, "REFUSED");
    }

    @Test
    void a_constructor_that_hangs_is_given_up_after_10_s_and_delays_nothing() {
        try (Installation own = Installation.createWithoutPlugins()) {
            starting("hanging", "new java.util.concurrent.CountDownLatch(1).await();")
                    .dropInto(own.pluginsDir());
            good("good").dropInto(own.pluginsDir());
            try (Gateway gateway = own.start()) {
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
                assertServes(client, "good.echo.v1");
            }
        }
    }

    /** By the log of a gateway, by {@code plugins} beside it, and by {@code check} and {@code plugins} without one. */
    private static void assertDecided(Map<String, String> codes, String state) {
        codes.forEach((file, code) -> {
            JsonNode line = log.await(each -> each.path("file").asString("").equals(file)
                    && each.path("state").asString("").equals(state));
            assertThat(line.path("code").asString()).as(file).isEqualTo(code);
            assertThat(line.path("message").asString()).as(file).hasSizeGreaterThan(20);
            System.out.println(file + " → " + line.path("message").asString());
        });
        assertListed(besideAGateway, codes, state);
        if (state.equals("REFUSED")) { // what can be seen without running a class
            assertListed(withoutOne, codes, state);
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

    private static void assertServes(Client client, String tool) {
        assertThat(client.call(tool, HI).text()).isEqualTo(HI);
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
