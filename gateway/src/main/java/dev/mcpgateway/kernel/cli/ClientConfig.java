// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.kernel.json.Utf8Writer;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * {@code client-config}: what a client must be told to find this gateway, in the client's own words. Each is what the client's
 * documentation said in November 2026.
 */
enum ClientConfig {
    CLAUDE_DESKTOP("claude-desktop", "claude_desktop_config.json (Settings, Developer, Edit Config)") {
        @Override
        String stdio(List<String> command) {
            return servers("mcpServers", launched(command));
        }

        @Override
        String http(String url) { // its file knows programs only
            return servers("mcpServers", launched(List.of("npx", "-y", "mcp-remote", url)));
        }
    },
    CLAUDE_CODE("claude-code", ".mcp.json in the project's folder") {
        @Override
        String stdio(List<String> command) {
            return servers("mcpServers", launched(command));
        }

        @Override
        String http(String url) {
            return servers("mcpServers", "{\"type\": \"http\", \"url\": " + quoted(url) + "}");
        }
    },
    VSCODE("vscode", ".vscode/mcp.json in the workspace") {
        @Override
        String stdio(List<String> command) {
            return servers(
                    "servers", "{\"type\": \"stdio\", " + launched(command).substring(1));
        }

        @Override
        String http(String url) {
            return servers("servers", "{\"type\": \"http\", \"url\": " + quoted(url) + "}");
        }
    },
    CURSOR("cursor", "~/.cursor/mcp.json") {
        @Override
        String stdio(List<String> command) {
            return servers("mcpServers", launched(command));
        }

        @Override
        String http(String url) {
            return servers("mcpServers", "{\"url\": " + quoted(url) + "}");
        }
    },
    CODEX("codex", "~/.codex/config.toml") {
        @Override
        String stdio(List<String> command) {
            return "[mcp_servers.gateway]\ncommand = " + quoted(command.get(0)) + "\nargs = "
                    + quoted(command.subList(1, command.size()));
        }

        @Override
        String http(String url) {
            return "[mcp_servers.gateway]\nurl = " + quoted(url);
        }
    },
    GEMINI("gemini", "~/.gemini/settings.json") {
        @Override
        String stdio(List<String> command) {
            return servers("mcpServers", launched(command));
        }

        @Override
        String http(String url) {
            return servers("mcpServers", "{\"httpUrl\": " + quoted(url) + "}");
        }
    },
    INSPECTOR("inspector", "a file for npx @modelcontextprotocol/inspector --config FILE --server gateway") {
        @Override
        String stdio(List<String> command) {
            return servers(
                    "mcpServers", "{\"type\": \"stdio\", " + launched(command).substring(1));
        }

        @Override
        String http(String url) {
            return servers("mcpServers", "{\"type\": \"streamable-http\", \"url\": " + quoted(url) + "}");
        }
    };

    private final String word;
    private final String place;

    ClientConfig(String word, String place) {
        this.word = word;
        this.place = place;
    }

    /** @param command program and arguments that serve over stdio */
    abstract String stdio(List<String> command);

    /** @param url where {@code serve} is */
    abstract String http(String url);

    /**
     * Prints what a client must be told; where it goes is said on standard error, so that the rest can be piped.
     *
     * @param url of a gateway that serves; empty for one that the client launches
     * @return the exit code
     */
    static int print(String client, Optional<String> url, List<String> command, PrintStream out, PrintStream err) {
        Optional<ClientConfig> known =
                Arrays.stream(values()).filter(each -> each.word.equals(client)).findFirst();
        if (known.isEmpty()) {
            err.println("mcp-gateway: unknown client '" + client + "': there are "
                    + Arrays.stream(values()).map(each -> each.word).collect(Collectors.joining(", ")));
            return Exit.USAGE;
        }
        err.println("for " + known.get().place + ":");
        out.println(url.map(known.get()::http).orElseGet(() -> known.get().stdio(command)));
        return Exit.OK;
    }

    private static String servers(String key, String server) {
        return "{\n  \"" + key + "\": {\n    \"gateway\": " + server + "\n  }\n}";
    }

    private static String launched(List<String> command) {
        return "{\"command\": " + quoted(command.get(0)) + ", \"args\": " + quoted(command.subList(1, command.size()))
                + "}";
    }

    private static String quoted(List<String> texts) {
        List<String> all = new ArrayList<>();
        texts.forEach(each -> all.add(quoted(each)));
        return "[" + String.join(", ", all) + "]";
    }

    /** As JSON and TOML both read it. */
    private static String quoted(String text) {
        Utf8Writer out = new Utf8Writer(text.length() + 2);
        out.string(text);
        return new String(out.buffer(), 0, out.length(), StandardCharsets.UTF_8);
    }
}
