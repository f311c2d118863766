// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/**
 * The plugin folder of a gateway that serves, in the hands of people and scripts of all kinds. A healthy plugin lies there
 * from the start, whose calls are the control; what is dropped later needs file names of its own, because states are looked
 * up by file name. Closing it ends the gateway. Thread-safe where files, plugins and providers have names of their own.
 */
public final class DropFolder implements AutoCloseable {

    /** The healthy plugin's tool; it answers with its arguments. */
    public static final String GOOD = "good.echo.v1";

    /** From the moment a jar lies there to the moment when its tool can be called; {@code make bench} measures it. */
    public static final Duration SOON = Duration.ofSeconds(10);

    /** For what waits for something on purpose, such as a file that keeps changing. */
    public static final Duration EVENTUALLY = Duration.ofSeconds(30);

    private static final String HI = "{\"message\":\"Hi\"}";

    private final Installation installation;
    private final Gateway gateway;

    /** Starts a gateway on an empty installation. */
    public static DropFolder open() {
        return of(Installation.createWithoutPlugins());
    }

    /** Puts the healthy plugin into the installation and starts a gateway there; takes over the installation. */
    public static DropFolder of(Installation installation) {
        good().dropInto(installation.pluginsDir());
        DropFolder folder = new DropFolder(installation);
        folder.client().ready(GOOD);
        return folder;
    }

    /** Starts a gateway on the installation as it is, and shakes hands; takes over the installation. */
    public static DropFolder asItIs(Installation installation) {
        DropFolder folder = new DropFolder(installation);
        folder.client().initialize();
        return folder;
    }

    private DropFolder(Installation installation) {
        this.installation = installation;
        this.gateway = installation.start();
    }

    /** The healthy plugin. */
    public static PluginJar good() {
        return PluginJar.withTool("good", "echo.v1", "return ToolResult.of(arguments);");
    }

    /** A plugin of this version whose tool {@code say.v1} answers with the version, which it looks up in its own jar. */
    public static byte[] saying(String id, String version) {
        return PluginJar.withTool(id, "say.v1", """
                        try (var said = Source.class.getResourceAsStream("/said.txt")) {
                            return ToolResult.text(new String(said.readAllBytes()));
                        }
                        """)
                .entry("said.txt", version.getBytes(UTF_8))
                .version(version)
                .bytes();
    }

    public Client client() {
        return gateway.client();
    }

    public Gateway gateway() {
        return gateway;
    }

    public Installation installation() {
        return installation;
    }

    public Path path(String file) {
        return installation.pluginsDir().resolve(file);
    }

    /** What a test does to the folder. */
    public interface Harm {
        void happen() throws Exception;
    }

    /** Lets this happen while the healthy plugin is called every 50 ms, and asserts that those calls did not notice. */
    public void unnoticed(Harm harm) throws Exception {
        try (Control control = Control.begin(client(), GOOD, HI, HI)) {
            harm.happen();
            control.assertUnharmed();
        }
    }

    // --- what people do

    /** Writes the jar beside its place and moves it there, over what was there. */
    public void rename(String file, byte[] jar) {
        Path part = path("." + file + ".part");
        attempt(() -> {
            Files.write(part, jar);
            Files.move(part, path(file), StandardCopyOption.ATOMIC_MOVE);
        });
    }

    /** Writes it as {@code cp} does: into the file that is there, from the beginning. */
    public void copy(String file, byte[] jar) {
        attempt(() -> Files.write(path(file), jar));
    }

    /** As {@link #copy}, with a pause after each part; there is one part more than there are pauses. */
    public void copySlowly(String file, byte[] jar, Duration... pauses) {
        int part = jar.length / (pauses.length + 1);
        copy(file, Arrays.copyOf(jar, part));
        for (int i = 0; i < pauses.length; i++) {
            pause(pauses[i]);
            int from = (i + 1) * part;
            int to = i == pauses.length - 1 ? jar.length : from + part;
            attempt(() -> Files.write(path(file), Arrays.copyOfRange(jar, from, to), StandardOpenOption.APPEND));
        }
    }

    /** Makes the file as large as it will be, then fills it in from the end. */
    public void fillFromTheEnd(String file, byte[] jar, Duration... pauses) {
        int parts = pauses.length + 1;
        int part = jar.length / parts;
        attempt(() -> {
            try (RandomAccessFile target = new RandomAccessFile(path(file).toFile(), "rw")) {
                target.setLength(jar.length);
                for (int i = parts - 1; i >= 0; i--) {
                    int from = i * part;
                    int to = i == parts - 1 ? jar.length : from + part;
                    target.seek(from);
                    target.write(jar, from, to - from);
                    if (i > 0) {
                        pause(pauses[i - 1]);
                    }
                }
            }
        });
    }

    /** Writes into the file at this place and leaves its size and the rest of it alone. */
    public void scribble(String file, long at, byte[] bytes) {
        attempt(() -> {
            try (FileChannel channel = FileChannel.open(path(file), StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(bytes), at);
            }
        });
    }

    public void delete(String file) {
        attempt(() -> Files.delete(path(file)));
    }

    /** Lets time pass where that is what the test does to the gateway. */
    public static void pause(Duration time) {
        await().pollInterval(Duration.ofMillis(10))
                .pollDelay(time)
                .atMost(time.plusSeconds(5))
                .until(() -> true);
    }

    // --- what is seen of it

    /** Waits until the tool can be called without a failure. */
    public void awaitCallable(String tool) {
        await(tool + " can be called; " + states())
                .atMost(EVENTUALLY)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> {
                    Reply reply = client().call(tool, "{}");
                    return reply.message().has("result") && !reply.isError();
                });
    }

    /** Waits until a tool of {@link #saying} is answered with this version. */
    public void awaitSaid(String id, String version) {
        await(id + " says " + version)
                .atMost(EVENTUALLY)
                .pollInterval(Duration.ofMillis(10))
                .untilAsserted(() -> assertThat(said(id)).isEqualTo(version));
    }

    /** What a tool of {@link #saying} answers now; the text of the error where it does not. */
    public String said(String id) {
        Reply reply = client().call(id + ".say.v1", "{}");
        return reply.message().has("error") ? reply.errorText() : reply.text();
    }

    /** Waits until the tool is unknown. */
    public void awaitUnknown(String tool) {
        await(tool + " is unknown")
                .atMost(EVENTUALLY)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> client().call(tool, "{}").message().has("error"));
        assertThat(client().call(tool, "{}").errorCode()).isEqualTo(-32602);
    }

    /** Waits until the log says that the file is in this state, with this code; an empty code is not looked at. */
    public JsonNode awaitLogged(String file, String state, String code) {
        Predicate<JsonNode> wanted = line -> line.path("state").asString("").equals(state)
                && (code.isEmpty() || line.path("code").asString("").equals(code));
        await(file + " is " + state + " " + code)
                .atMost(EVENTUALLY)
                .pollInterval(Duration.ofMillis(20))
                .untilAsserted(() -> assertThat(logged(file).stream().anyMatch(wanted))
                        .as(() -> file + " went through " + history(file))
                        .isTrue());
        JsonNode line = logged(file).stream().filter(wanted).findFirst().orElseThrow();
        assertThat(line.path("message").asString()).as("what to do about it").hasSizeGreaterThan(10);
        return line;
    }

    /** The lines of the log that say in which state that file is. */
    public List<JsonNode> logged(String file) {
        return gateway.log().states().stream()
                .filter(line -> line.path("file").asString("").equals(file))
                .toList();
    }

    /** The state and code of each of {@link #logged}, e.g. {@code "REFUSED DAMAGED"}. */
    public List<String> history(String file) {
        return logged(file).stream()
                .map(line -> (line.path("state").asString("") + " "
                                + line.path("code").asString(""))
                        .strip())
                .toList();
    }

    /** Waits until {@code plugins}, run beside the gateway, has a line about the file that contains all of this. */
    public void awaitListed(String file, String... words) {
        await(file + " is listed with " + List.of(words))
                .atMost(EVENTUALLY)
                .pollInterval(Duration.ofMillis(50))
                .untilAsserted(() -> assertThat(listed(file))
                        .anyMatch(line -> Stream.of(words).allMatch(line::contains)));
    }

    /** The lines of {@code plugins}, run beside the gateway, about that file. */
    public List<String> listed(String file) {
        return installation
                .runBeside("plugins")
                .stdout()
                .lines()
                .filter(line -> line.startsWith(file + " "))
                .toList();
    }

    /** How many {@code list_changed} of tools have come so far. */
    public long toolsChanged() {
        return client().notifications().stream()
                .filter(each -> each.path("method").asString().equals("notifications/tools/list_changed"))
                .count();
    }

    private List<String> states() {
        return gateway.log().states().stream()
                .map(line -> line.path("file").asString("") + " "
                        + line.path("state").asString("") + " "
                        + line.path("code").asString(""))
                .toList();
    }

    private interface Attempt {
        void make() throws IOException;
    }

    private static void attempt(Attempt attempt) {
        try {
            attempt.make();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try (installation) {
            gateway.close();
        }
    }
}
