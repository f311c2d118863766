// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A client in a process of its own, which launches the gateway as an editor does, leaves calls in flight, and is then
 * killed without a chance to say goodbye. Not thread-safe.
 */
public final class DoomedClient {

    private static final String READY = "ready";

    private final Process process;
    private final BufferedReader answers;

    private DoomedClient(Process process) {
        this.process = process;
        this.answers = process.inputReader(UTF_8);
        awaitReady();
    }

    /** Launches a gateway of that installation and waits until it lists the tool. */
    public static DoomedClient launch(Installation installation, String tool) {
        installation.writeConfiguration();
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                DoomedClient.class.getName(),
                Checkout.launcher().toString(),
                installation.configurationFile().toString(),
                tool));
        installation.cleanEnvironment().forEach((name, value) -> command.add(name + "=" + value));
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD);
        builder.environment().clear();
        builder.environment().putAll(installation.cleanEnvironment());
        builder.environment().put("LC_ALL", "C.UTF-8"); // this client's own: paths may have any letters
        try {
            return new DoomedClient(builder.start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the call that often, and returns once the gateway has read them all; nobody waits for the answers. */
    public void call(int times, String tool, String arguments) {
        String call = ",\"method\":\"tools/call\",\"params\":{\"name\":" + Json.quoted(tool) + ",\"arguments\":"
                + arguments + "}}\n";
        StringBuilder lines = new StringBuilder();
        for (int i = 0; i < times; i++) {
            lines.append("{\"jsonrpc\":\"2.0\",\"id\":").append(i).append(call);
        }
        tell(lines.toString());
    }

    private void tell(String lines) {
        try {
            process.getOutputStream().write((lines + request("ping", "{}")).getBytes(UTF_8));
            process.getOutputStream().flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        awaitReady();
    }

    private void awaitReady() {
        try {
            String answer = answers.readLine();
            if (!READY.equals(answer)) {
                throw new AssertionError("the client failed: " + answer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Kills it with SIGKILL; its gateway is nobody's child from now on. */
    public void kill() {
        Signal.KILL.send(process.pid());
        process.onExit().join();
    }

    /** The client itself: hands its standard input on to the gateway, and says when a ping among that is answered. */
    public static void main(String[] words) throws IOException, InterruptedException {
        ProcessBuilder launch =
                new ProcessBuilder(words[0], "--config", words[1]).redirectError(ProcessBuilder.Redirect.DISCARD);
        launch.environment().clear();
        for (String each : List.of(words).subList(3, words.length)) {
            launch.environment().put(each.substring(0, each.indexOf('=')), each.substring(each.indexOf('=') + 1));
        }
        Process gateway = launch.start();
        BufferedReader in = new BufferedReader(new InputStreamReader(gateway.getInputStream(), UTF_8));
        OutputStream out = gateway.getOutputStream();
        converse(
                out,
                in,
                request(
                        "initialize",
                        "{\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
                                + "\"clientInfo\":{\"name\":\"doomed\",\"version\":\"1\"}}"));
        while (!converse(out, in, request("tools/list", "{}")).contains(words[2])) {
            Thread.sleep(20); // this is no test: a client has nothing else to wait for
        }
        System.out.println(READY);
        Thread.ofPlatform().daemon().start(() -> {
            try {
                System.in.transferTo(out);
            } catch (IOException gatewayEnded) {
                // then nobody says ready, which fails the test
            }
        });
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            if (line.contains("\"id\":\"ping\"")) {
                System.out.println(READY);
            }
        }
    }

    private static String converse(OutputStream out, BufferedReader in, String request) throws IOException {
        out.write(request.getBytes(UTF_8));
        out.flush();
        return Objects.requireNonNull(in.readLine(), "the gateway has ended");
    }

    private static String request(String method, String params) {
        return "{\"jsonrpc\":\"2.0\",\"id\":\"" + method + "\",\"method\":\"" + method + "\",\"params\":" + params
                + "}\n";
    }
}
