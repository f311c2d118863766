// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.process;

import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.StrictJson;
import dev.mcpgateway.kernel.json.Utf8Writer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** The contents of a run file. */
record RunFileText(
        ProcessIdentity gateway,
        Path configuration,
        Path pluginsDir,
        List<Child> children,
        List<PluginState> plugins,
        List<ProviderState> providers) {

    /** A provider's process. */
    record Child(String provider, ProcessIdentity process) {}

    private static final int DEPTH = 8;
    private static final String OFFERS = ", ";
    private static final long LONGEST_FILE = 16 * 1024 * 1024;

    byte[] toBytes() {
        Utf8Writer out = new Utf8Writer(512);
        out.raw("{\"gateway\":");
        identity(out, gateway).raw('}');
        field(out.raw(','), "configuration", configuration.toString());
        field(out.raw(','), "pluginsDir", pluginsDir.toString());
        out.raw(",\"children\":[");
        String before = "";
        for (Child child : children) {
            identity(out.raw(before), child.process());
            field(out.raw(','), "provider", child.provider()).raw('}');
            before = ",";
        }
        out.raw("],\"plugins\":[");
        before = "";
        for (PluginState plugin : plugins) {
            field(out.raw(before).raw('{'), "file", plugin.file());
            field(out.raw(','), "id", plugin.id());
            field(out.raw(','), "version", plugin.version());
            field(out.raw(','), "state", plugin.state());
            field(out.raw(','), "code", plugin.code());
            field(out.raw(','), "reason", plugin.reason());
            field(out.raw(','), "since", plugin.since().toString());
            field(out.raw(','), "offers", String.join(OFFERS, plugin.offers()));
            out.raw(",\"calls\":").raw(Long.toString(plugin.calls())).raw('}');
            before = ",";
        }
        out.raw("],\"providers\":[");
        before = "";
        for (ProviderState provider : providers) {
            field(out.raw(before).raw('{'), "name", provider.name());
            field(out.raw(','), "plugin", provider.plugin());
            field(out.raw(','), "state", provider.state());
            field(out.raw(','), "reason", provider.reason());
            field(out.raw(','), "since", provider.since().toString()).raw('}');
            before = ",";
        }
        out.raw("]}\n");
        return Arrays.copyOf(out.buffer(), out.length());
    }

    private static Utf8Writer identity(Utf8Writer out, ProcessIdentity process) {
        out.raw("{\"pid\":").raw(Long.toString(process.pid())).raw(',');
        return field(out, "start", process.start());
    }

    private static Utf8Writer field(Utf8Writer out, String name, String value) {
        return out.string(name).raw(':').string(value);
    }

    /** Empty where the file holds something else. */
    static Optional<RunFileText> parse(Path file) throws IOException {
        if (Files.size(file) > LONGEST_FILE) {
            return Optional.empty();
        }
        byte[] bytes = Files.readAllBytes(file);
        try {
            return Optional.of(of(StrictJson.parse(bytes, 0, bytes.length, DEPTH)));
        } catch (JsonFault | NotARunFile | DateTimeException | InvalidPathException e) {
            return Optional.empty();
        }
    }

    private static RunFileText of(JsonNode root) throws NotARunFile {
        List<Child> children = new ArrayList<>();
        for (JsonNode child : list(root, "children")) {
            children.add(new Child(text(child, "provider"), identity(child)));
        }
        List<PluginState> plugins = new ArrayList<>();
        for (JsonNode plugin : list(root, "plugins")) {
            plugins.add(new PluginState(
                    text(plugin, "file"),
                    text(plugin, "id"),
                    text(plugin, "version"),
                    text(plugin, "state"),
                    text(plugin, "code"),
                    text(plugin, "reason"),
                    Instant.parse(text(plugin, "since")),
                    List.of(text(plugin, "offers").split(OFFERS)),
                    plugin.path("calls").asLong(0)));
        }
        return new RunFileText(
                identity(root.path("gateway")),
                Path.of(text(root, "configuration")),
                Path.of(text(root, "pluginsDir")),
                children,
                plugins,
                providers(root));
    }

    /** None in the file of a gateway that was there before they were told: it may still run. */
    private static List<ProviderState> providers(JsonNode root) throws NotARunFile {
        List<ProviderState> providers = new ArrayList<>();
        for (JsonNode provider : root.has("providers") ? list(root, "providers") : root.path("providers")) {
            providers.add(new ProviderState(
                    text(provider, "name"),
                    text(provider, "plugin"),
                    text(provider, "state"),
                    text(provider, "reason"),
                    Instant.parse(text(provider, "since"))));
        }
        return providers;
    }

    private static ProcessIdentity identity(JsonNode node) throws NotARunFile {
        JsonNode pid = node.path("pid");
        if (!pid.isIntegralNumber() || !pid.canConvertToLong() || pid.longValue() <= 0) {
            throw new NotARunFile();
        }
        return new ProcessIdentity(pid.longValue(), text(node, "start"));
    }

    private static String text(JsonNode node, String name) throws NotARunFile {
        JsonNode value = node.path(name);
        if (!value.isString()) {
            throw new NotARunFile();
        }
        return value.stringValue();
    }

    private static JsonNode list(JsonNode node, String name) throws NotARunFile {
        JsonNode value = node.path(name);
        if (!value.isArray()) {
            throw new NotARunFile();
        }
        return value;
    }

    private static final class NotARunFile extends Exception {

        private static final long serialVersionUID = 1L;
    }
}
