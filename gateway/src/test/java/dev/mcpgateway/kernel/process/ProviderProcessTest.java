// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import static dev.mcpgateway.kernel.process.RecordedEvents.LISTENING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.kernel.process.ProviderProcess.Command;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ProviderProcessTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);

    @TempDir
    Path folder;

    private final RecordedEvents events = new RecordedEvents();
    private final ShutdownUrgency urgency = new ShutdownUrgency();
    private RunFile runFile = new RunFile(Path.of("/"), Path.of("/"), Path.of("/"));
    private Optional<SocketFolder> sockets = Optional.empty();
    private Optional<ProviderProcess> process = Optional.empty();

    @BeforeEach
    void create() throws IOException {
        runFile = new RunFile(folder, folder.resolve("providers.yaml"), folder.resolve("plugins-dir"));
        sockets = Optional.of(SocketFolder.create());
    }

    @AfterEach
    void close() {
        process.ifPresent(ProviderProcess::close);
        sockets.ifPresent(SocketFolder::close);
        runFile.close();
    }

    @Test
    void listening_is_told_when_the_socket_accepts() throws Exception {
        start(ListeningProvider.command());

        assertThat(events.next()).isEqualTo(LISTENING);
    }

    @Test
    void listening_is_told_for_a_port_too() throws Exception {
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        start(new Command("hello", ListeningProvider.command(), Map.of(), folder, "127.0.0.1:" + port));

        assertThat(events.next()).isEqualTo(LISTENING);
    }

    @Test
    void a_socket_that_does_not_accept_yet_is_not_listened_at() throws Exception {
        Path socket = folder.resolve("0");
        try (ServerSocketChannel bound = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            bound.bind(UnixDomainSocketAddress.of(socket));
            assertThat(ListenAddress.of("unix:" + socket).isOpen()).isTrue();
        }
        assertThat(socket).exists();
        assertThat(ListenAddress.of("unix:" + socket).isOpen()).isFalse();
        assertThat(ListenAddress.of("unix:" + socket).isThere()).isTrue();
    }

    @Test
    void a_port_that_somebody_else_has_is_not_taken_for_the_providers() throws Exception {
        String address;
        try (ServerSocket stranger = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            address = "127.0.0.1:" + stranger.getLocalPort();
            start(new Command("hello", ListeningProvider.command(), Map.of(), folder, address));
            assertThat(events.next()).startsWith("could not be started: somebody else listens at " + address);
        }
        String next = events.next();
        while (next.startsWith("could not be started: somebody else")) {
            next = events.next();
        }
        assertThat(next).isEqualTo(LISTENING);
    }

    @Test
    void who_listens_at_any_of_the_addresses_of_a_name_is_found() throws Exception {
        InetAddress last = List.of(InetAddress.getAllByName("localhost")).getLast();
        try (ServerSocket socket = new ServerSocket(0, 1, last)) {
            assertThat(ListenAddress.of("localhost:" + socket.getLocalPort()).isOpen())
                    .isTrue();
        }
        assertThat(ListenAddress.of("nobody.invalid:1").isOpen()).isFalse();
    }

    @Test
    void a_provider_killed_while_it_listens_is_back_at_once_on_the_same_socket() throws Exception {
        start(ListeningProvider.command());
        assertThat(events.next()).isEqualTo(LISTENING);
        long killed = System.nanoTime();

        child().handle().orElseThrow().destroyForcibly();

        assertThat(events.next()).isEqualTo("was killed by signal 9");
        assertThat(events.next()).isEqualTo(LISTENING);
        assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(10));
    }

    @Test
    void a_death_is_told_with_its_code_or_signal() throws Exception {
        shell("exit 3");
        assertThat(events.next()).isEqualTo("exited with code 3");
        assertThat(events.next()).isEqualTo("exited with code 3");
        process.orElseThrow().close();

        shell("kill -15 $$");
        assertThat(events.next()).isEqualTo("was killed by signal 15");
    }

    @Test
    void the_second_restart_waits_half_a_second() throws Exception {
        shell("date +%s%N >> starts; exit 1");
        await().atMost(PATIENCE).until(() -> starts().size() >= 3);

        List<String> starts = starts();
        assertThat(millisBetween(starts.get(1), starts.get(2)))
                .isBetween(500L, 10_000L)
                .isGreaterThan(millisBetween(starts.get(0), starts.get(1)));
    }

    @Test
    @Tag("slow")
    void what_cannot_be_started_is_explained_and_tried_again() throws Exception {
        start(List.of("./not-there"));
        String missing = events.next();
        assertThat(missing).startsWith("could not be started: program /").endsWith("/not-there does not exist");

        Path script = folder.resolve("not-there");
        Files.writeString(script, "#!/bin/sh\nexit 7\n");
        assertThat(events.next()).endsWith("/not-there is not an executable file");
        assertThat(script.toFile().setExecutable(true)).isTrue();
        assertThat(events.next()).isEqualTo("exited with code 7");
    }

    @Test
    void a_program_that_is_not_in_path_is_named() throws Exception {
        start(List.of("no-such-program-anywhere"));
        assertThat(events.next())
                .isEqualTo("could not be started: program 'no-such-program-anywhere' was not found in PATH;"
                        + " give its path in command:");
    }

    @Test
    void a_working_directory_that_is_missing_is_named() throws Exception {
        Path missing = folder.resolve("missing");
        start(new Command("hello", List.of("sh"), Map.of(), missing, socket()));
        assertThat(events.next())
                .isEqualTo("could not be started: its working directory " + missing + " does not exist");
    }

    @Test
    void a_value_that_no_process_can_be_given_is_not_shown() throws Exception {
        start(new Command("hello", List.of("sh"), Map.of("TOKEN", "secret\0"), folder, socket()));
        assertThat(events.next())
                .isEqualTo("could not be started: its command or env: holds a character that no process can be given");
    }

    @Test
    void an_address_that_cannot_be_given_to_a_process_is_refused() {
        assertThatThrownBy(() -> start(new Command("hello", List.of("sh"), Map.of(), folder, "dns:///x:1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("unix:/path or host:port");
    }

    @Test
    void a_provider_gets_the_promised_environment_and_nothing_else() {
        Command command = new Command(
                "hello", List.of("sh"), Map.of("NAME", "value", "LISTEN", "mine", "LANG", "C"), folder, "unix:/s");

        assertThat(Launch.environment(
                        command, Map.of("PATH", "/bin", "HOME", "/home/me", "LANG", "de_DE", "TOKEN", "secret")))
                .isEqualTo(Map.of(
                        "PATH", "/bin",
                        "HOME", "/home/me",
                        "LANG", "C",
                        "NAME", "value",
                        "LISTEN", "unix:/s",
                        "MCP_GATEWAY_SUPERVISED", "1"));
    }

    @Test
    void a_provider_finds_its_environment_and_its_working_directory() throws Exception {
        start(new Command(
                "hello",
                List.of("sh", "-c", "echo \"$NAME $LISTEN $MCP_GATEWAY_SUPERVISED $PWD\" > told; cat"),
                Map.of("NAME", "a b"),
                folder,
                socket()));

        await().atMost(PATIENCE)
                .until(() -> read("told").equals("a b " + socket() + " 1 " + folder.toRealPath() + "\n"));
    }

    @Test
    void the_end_of_its_input_ends_it() throws Exception {
        shell("echo $$ > pid; cat");
        ProcessIdentity provider = written("pid");

        assertThat(closing()).isLessThan(Duration.ofMillis(950));
        assertThat(provider.isAlive()).isFalse();
        assertThat(events.isEmpty()).as("an end that was asked for is no death").isTrue();
    }

    @Test
    void who_ignores_the_end_of_its_input_is_terminated_after_a_second() throws Exception {
        shell("echo $$ > pid; exec sleep 1000");
        ProcessIdentity provider = written("pid");

        assertThat(closing()).isBetween(Duration.ofMillis(950), Duration.ofSeconds(10));
        assertThat(provider.isAlive()).isFalse();
    }

    @Test
    @Tag("slow")
    void who_ignores_that_too_is_killed_with_all_it_started() throws Exception {
        shell("trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo $! > grandchild; echo $$ > pid;"
                + " while :; do sleep 1; done");
        ProcessIdentity provider = written("pid");
        ProcessIdentity grandchild = written("grandchild");

        assertThat(closing()).isBetween(Duration.ofMillis(1_550), Duration.ofSeconds(10));
        assertThat(provider.isAlive()).isFalse();
        assertThat(grandchild.isAlive()).isFalse();
    }

    @Test
    @Tag("slow")
    void a_stopped_process_is_ended_too() throws Exception {
        shell("echo $$ > pid; kill -STOP $$; cat");
        ProcessIdentity provider = written("pid");

        assertThat(closing()).isLessThan(Duration.ofSeconds(15));
        assertThat(provider.isAlive()).isFalse();
    }

    @Test
    void a_grandchild_that_holds_our_pipes_delays_nothing_and_goes_too() throws Exception {
        shell("sleep 1000 & echo $! > grandchild; cat");
        ProcessIdentity grandchild = written("grandchild");

        assertThat(closing()).isLessThan(Duration.ofMillis(950));
        assertThat(grandchild.isAlive()).isFalse();
    }

    @Test
    void a_grandchild_that_left_the_family_with_our_pipes_delays_nothing_and_goes_too() throws Exception {
        shell("(sleep 1000 & echo $! > grandchild); cat");
        ProcessIdentity grandchild = written("grandchild");

        assertThat(closing()).isLessThan(Duration.ofMillis(950));
        assertThat(grandchild.isAlive()).isFalse();
    }

    @Test
    void what_a_dead_provider_has_started_is_ended_before_the_next_start() throws Exception {
        shell("[ -e grandchild ] && exec cat; sleep 1000 & echo $! > grandchild; echo $$ > pid; cat");
        ProcessIdentity provider = written("pid");
        ProcessIdentity grandchild = written("grandchild");
        await().atMost(PATIENCE).until(() -> process.orElseThrow().family().contains(grandchild));

        provider.handle().orElseThrow().destroyForcibly();

        assertThat(events.next()).isEqualTo("was killed by signal 9");
        await().atMost(PATIENCE).until(() -> !grandchild.isAlive());
    }

    @Test
    void in_haste_both_come_sooner() throws Exception {
        shell("trap '' TERM; echo $$ > pid; while :; do sleep 1; done");
        ProcessIdentity provider = written("pid");

        urgency.hurry();

        assertThat(closing()).isBetween(Duration.ofMillis(550), Duration.ofMillis(1_500));
        assertThat(provider.isAlive()).isFalse();
    }

    @Test
    void haste_that_comes_while_it_ends_is_heeded() throws Exception {
        shell("trap '' TERM; echo $$ > pid; while :; do sleep 1; done");
        ProcessIdentity provider = written("pid");

        Thread.ofVirtual().start(() -> {
            LockSupport.parkNanos(100_000_000);
            urgency.hurry();
        });

        assertThat(closing()).isBetween(Duration.ofMillis(650), Duration.ofMillis(1_550));
        assertThat(provider.isAlive()).isFalse();
    }

    @Test
    void a_script_that_leaves_its_server_behind_leaves_it_to_us() throws Exception {
        shell("(sh -c 'echo $$ > server; exec sleep 1000' &) ; echo $$ > pid; cat");
        ProcessIdentity server = written("server");

        assertThat(closing()).isLessThan(Duration.ofMillis(950));
        assertThat(server.isAlive()).isFalse();
    }

    @Test
    void a_server_whose_script_has_ended_is_ended_before_the_next_start() throws Exception {
        shell("[ -e server ] && exec cat; sh -c 'echo $$ > server; exec sleep 1000' &"
                + " until [ -s server ]; do sleep 0.01; done; exit 0");

        assertThat(events.next()).isEqualTo("exited with code 0");
        await().atMost(PATIENCE).until(() -> read("server").endsWith("\n"));
        await().atMost(PATIENCE)
                .until(() -> ProcessHandle.of(Long.parseLong(read("server").strip()))
                        .flatMap(ProcessIdentity::of)
                        .isEmpty());
    }

    @Test
    void killed_it_is_gone_with_all_it_started_and_is_not_started_again() throws Exception {
        shell("(sleep 1000 & echo $! > grandchild); echo $$ >> pid; cat");
        ProcessIdentity provider = written("pid");
        ProcessIdentity grandchild = written("grandchild");

        process.orElseThrow().kill();

        await().atMost(PATIENCE).until(() -> !provider.isAlive() && !grandchild.isAlive());
        await().during(Duration.ofSeconds(1))
                .atMost(PATIENCE)
                .until(() -> lines("pid").size() == 1);
    }

    @Test
    void closing_at_any_moment_of_the_start_leaves_nothing() throws Exception {
        long seed = ThreadLocalRandom.current().nextLong();
        java.util.Random random = new java.util.Random(seed);
        for (int i = 0; i < 25; i++) {
            shell("echo $$ >> pids; exec cat");
            LockSupport.parkNanos(random.nextInt(8_000_000));
            process.orElseThrow().close();
        }

        for (String pid : Files.exists(folder.resolve("pids")) ? lines("pids") : List.<String>of()) {
            assertThat(ProcessHandle.of(Long.parseLong(pid))
                            .flatMap(ProcessIdentity::of)
                            .isPresent())
                    .as("process %s, seed %s", pid, seed)
                    .isFalse();
        }
    }

    @Test
    void closing_does_not_wait_for_the_next_start() throws Exception {
        start(List.of("./not-there"));
        events.next();
        events.next();

        assertThat(closing()).isLessThan(Duration.ofMillis(950));
    }

    @Test
    void an_event_that_fails_does_not_end_the_supervision() throws Exception {
        RecordedEvents recorded = events;
        process = Optional.of(ProviderProcess.start(
                new Command("hello", List.of("sh", "-c", "exit 3"), Map.of(), folder, socket()),
                runFile,
                urgency,
                new ProviderProcess.Events() {
                    @Override
                    public void listening() {}

                    @Override
                    public void died(String reason) {
                        recorded.died(reason);
                        throw new IllegalStateException("a bug");
                    }
                }));

        assertThat(events.next()).isEqualTo("exited with code 3");
        assertThat(events.next()).isEqualTo("exited with code 3");
        assertThat(events.next()).isEqualTo("exited with code 3");
    }

    private void shell(String script) {
        start(List.of("sh", "-c", script));
    }

    private void start(List<String> words) {
        start(new Command("hello", words, Map.of(), folder, socket()));
    }

    private void start(Command command) {
        process = Optional.of(ProviderProcess.start(command, runFile, urgency, events));
    }

    private String socket() {
        return sockets.orElseThrow().address(0);
    }

    private Duration closing() {
        long start = System.nanoTime();
        process.orElseThrow().close();
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private ProcessIdentity child() {
        return ProcessHandle.current()
                .children()
                .filter(handle -> handle.info().commandLine().orElse("").contains(ListeningProvider.class.getName()))
                .findFirst()
                .flatMap(ProcessIdentity::of)
                .orElseThrow();
    }

    private ProcessIdentity written(String name) {
        return WrittenPid.await(folder.resolve(name));
    }

    private List<String> starts() throws IOException {
        return lines("starts");
    }

    private List<String> lines(String name) throws IOException {
        return read(name).lines().toList();
    }

    private String read(String name) throws IOException {
        Path file = folder.resolve(name);
        return Files.exists(file) ? Files.readString(file) : "";
    }

    private static long millisBetween(String earlierNanos, String laterNanos) {
        return (Long.parseLong(laterNanos) - Long.parseLong(earlierNanos)) / 1_000_000;
    }
}
