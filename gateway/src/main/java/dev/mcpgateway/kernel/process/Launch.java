// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import dev.mcpgateway.kernel.process.ProviderProcess.Command;
import java.io.File;
import java.io.FileInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts a command, or says in an operator's words why it cannot be started. */
final class Launch {

    /** As it stands in the environment of a provider process. */
    static final String SUPERVISED = "MCP_GATEWAY_SUPERVISED=1";

    private static final int PIPES = 5;
    private static final List<String> INHERITED = List.of("PATH", "HOME", "LANG");

    private Launch() {}

    static Process start(Command command, Map<String, String> gatewayEnvironment) throws IOException {
        Map<String, String> environment = environment(command, gatewayEnvironment);
        String program = program(command, environment.getOrDefault("PATH", ""));
        List<String> words = new ArrayList<>();
        if (OwnSession.IS_POSSIBLE && isProgram(new File(program))) { // else the JDK says what is wrong
            words.add(OwnSession.SETSID);
        }
        words.add(program);
        words.addAll(command.words().subList(1, command.words().size()));
        ProcessBuilder builder =
                new ProcessBuilder(words).directory(command.workingDirectory().toFile());
        checkDescriptors();
        try {
            builder.environment().clear();
            builder.environment().putAll(environment);
            return builder.start();
        } catch (IllegalArgumentException e) {
            // The JDK's text would show the value, which may be a secret.
            throw new IOException("its command or env: holds a character that no process can be given", e);
        } catch (IOException e) {
            throw new IOException(reason(command, program, e), e);
        }
    }

    /**
     * Five pipes are needed. Where the JDK (25.0.3) cannot have the third, it closes numbers that it has never set, which may be
     * those of our standard input: so it is not to come to that.
     */
    private static void checkDescriptors() throws IOException {
        List<FileInputStream> probes = new ArrayList<>();
        try {
            for (int i = 0; i < PIPES * 2; i++) {
                probes.add(new FileInputStream("/dev/null"));
            }
        } catch (FileNotFoundException e) {
            throw new IOException("the gateway may open no more files: raise the limit (ulimit -n)", e);
        } finally {
            for (FileInputStream probe : probes) {
                probe.close();
            }
        }
    }

    private static boolean isProgram(File file) {
        return file.isFile() && file.canExecute();
    }

    /**
     * A session of its own keeps it from the signals of our terminal, such as Ctrl-C, and whatever it starts stays findable. The
     * program of util-linux becomes the one that it is given, so the pid stays as well.
     */
    private static final class OwnSession {

        static final String SETSID = "/usr/bin/setsid";
        static final boolean IS_POSSIBLE = ProcessTable.IS_THERE && new File(SETSID).canExecute();
    }

    static Map<String, String> environment(Command command, Map<String, String> gatewayEnvironment) {
        Map<String, String> environment = new HashMap<>();
        for (String name : INHERITED) {
            String value = gatewayEnvironment.get(name);
            if (value != null) {
                environment.put(name, value);
            }
        }
        environment.putAll(command.env());
        environment.put("LISTEN", command.listen());
        environment.put(SUPERVISED.substring(0, SUPERVISED.indexOf('=')), "1");
        return environment;
    }

    /** Looked up here and not by the JDK, which would search the gateway's PATH and not the command's. */
    private static String program(Command command, String searchPath) throws IOException {
        String word = command.words().getFirst();
        if (word.indexOf('/') >= 0) {
            return command.workingDirectory().resolve(word).normalize().toString();
        }
        for (String folder : searchPath.split(File.pathSeparator)) {
            File candidate = new File(folder, word);
            if (!folder.isEmpty() && isProgram(candidate)) {
                return candidate.getPath();
            }
        }
        throw new IOException("program '" + word + "' was not found in PATH; give its path in command:");
    }

    private static String reason(Command command, String program, IOException e) {
        Path folder = command.workingDirectory();
        if (!Files.isDirectory(folder)) {
            return "its working directory " + folder + " does not exist";
        }
        Path file = Path.of(program);
        if (!Files.exists(file)) {
            return "program " + program + " does not exist";
        }
        if (!Files.isRegularFile(file) || !Files.isExecutable(file)) {
            return "program " + program + " is not an executable file";
        }
        return "program " + program + ": " + e.getMessage();
    }
}
