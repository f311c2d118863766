// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.inspect;

import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.settings.ListenSettings;
import dev.mcpgateway.kernel.settings.Settings;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.zip.ZipEntry;

/**
 * A jar that passed every check that needs no class of it. Holds the file open until it is closed, so that the class
 * loader, which opens it next, finds its index read. Immutable.
 */
public final class InspectedJar implements AutoCloseable {

    private static final int MOST_KEY_LENGTH = 200;
    private static final int MOST_ID_LENGTH = 32; // as names of providers, types and interceptors
    private static final int MOST_SCHEMA_BYTES = 256 << 10;
    private static final Set<String> POLICY_OFFERS = Set.of("interceptors", "authenticators");
    private static final Set<String> TRANSPORTS = Set.of("clientTransports");
    private static final String TYPES = "Plugin-Types";
    private static final String SCHEMAS = "META-INF/mcp-gateway/";
    private static final String SETTINGS_SCHEMA = "settings.schema.json";

    private final JarFile jar;
    private final Attributes manifest;
    private final String id;
    private final PluginVersion version;
    private final String pluginClass;
    private final Optional<Set<String>> types;
    private final Map<String, Object> settings;
    private final Optional<ListenSettings> listen;

    /** Hears who a jar says it is, as soon as that is known: also of one that then turns out to be unfit. */
    @FunctionalInterface
    public interface Introduction {
        void is(String id, PluginVersion version);

        /** It intercepts calls, and the configuration has settings for it: to go on without it would be to fail open. */
        default void onConfiguredPolicy() {}

        /** It lets clients in; so clients may knock from now on, though it has yet to start. */
        default void onClientTransport(ListenSettings settings) {}
    }

    /**
     * Inspects a jar, to the first fault.
     *
     * @param settings by plugin id, as they stand in the configuration
     */
    public static InspectedJar of(Path file, Map<String, Settings> settings, Introduction introduction)
            throws PluginFault {
        JarFile jar;
        try {
            jar = new JarFile(file.toFile());
        } catch (IOException e) {
            throw unreadable();
        }
        try {
            return new InspectedJar(jar, settings, introduction);
        } catch (IOException e) {
            close(jar);
            throw unreadable();
        } catch (PluginFault | RuntimeException | Error e) {
            close(jar);
            throw e;
        }
    }

    private InspectedJar(JarFile jar, Map<String, Settings> settings, Introduction introduction)
            throws IOException, PluginFault {
        this.jar = jar;
        Manifest read = jar.getManifest();
        if (read == null) {
            throw new PluginFault(
                    Code.MANIFEST_MISSING,
                    "it has no META-INF/MANIFEST.MF, so it is no plugin: build it with plugin-parent, or take it away");
        }
        manifest = read.getMainAttributes();
        id = idIn(key("Plugin-Id"));
        version = versionIn(key("Plugin-Version"));
        introduction.is(id, version);
        Signature.check(jar);
        pluginClass = key("Plugin-Class");
        checkApiVersion(key("Plugin-Requires"));
        checkClassPath();
        checkPluginClass();
        types = types();
        Settings given = settings.get(id);
        if (given != null && new PluginClassFile(jar).declares(pluginClass, POLICY_OFFERS)) {
            introduction.onConfiguredPolicy();
        }
        SettingsRule rule = rule(SETTINGS_SCHEMA);
        this.settings = rule.checked("plugins." + id, given == null ? Settings.of(Map.of()) : given);
        listen = new PluginClassFile(jar).declares(pluginClass, TRANSPORTS) ? listen(rule) : Optional.empty();
        listen.ifPresent(introduction::onClientTransport);
    }

    public String id() {
        return id;
    }

    public PluginVersion version() {
        return version;
    }

    /** Its {@code Plugin-Class}; such an entry is in the jar. */
    public String pluginClass() {
        return pluginClass;
    }

    /**
     * The provider types that it offers, without running it: as its manifest names them, or none where its class has no method for
     * them; empty where that cannot be told.
     */
    public Optional<Set<String>> providerTypes() {
        return types;
    }

    /** Its entry in the configuration, which conforms to its own schema; immutable, numbers as in {@code Json.value()}. */
    public Map<String, Object> settings() {
        return settings;
    }

    /** Where the gateway is to listen for its transport; empty where it has none. */
    public Optional<ListenSettings> listen() {
        return listen;
    }

    /** Judges {@code settings:} of the providers of a type. To be asked for before this is closed. */
    public SettingsRule providerSettings(String type) throws PluginFault {
        try {
            return rule("types/" + type + "." + SETTINGS_SCHEMA);
        } catch (IOException e) {
            throw unreadable();
        }
    }

    @Override
    public void close() {
        close(jar);
    }

    private Optional<ListenSettings> listen(SettingsRule rule) throws PluginFault {
        Map<String, Object> all = new HashMap<>(rule.defaults());
        all.putAll(settings);
        return ListenSettings.of(all);
    }

    private String key(String name) throws PluginFault {
        String value = manifest.getValue(name);
        if (value == null || value.isBlank()) {
            throw new PluginFault(
                    Code.MANIFEST_KEY_MISSING,
                    "its manifest has no " + name
                            + ": a plugin says Plugin-Id, Plugin-Version, Plugin-Class and Plugin-Requires");
        }
        if (value.length() > MOST_KEY_LENGTH) {
            throw invalid(name, value.substring(0, 40) + "…", "at most " + MOST_KEY_LENGTH + " characters");
        }
        return value.strip();
    }

    private Optional<Set<String>> types() throws IOException, PluginFault {
        String said = manifest.getValue(TYPES);
        if (said == null || said.isBlank()) {
            return new PluginClassFile(jar).declares(pluginClass, Set.of("providerTypes"))
                    ? Optional.empty()
                    : Optional.of(Set.of());
        }
        Set<String> names = new TreeSet<>(List.of(said.strip().split("[ ,]+")));
        for (String name : names) {
            if (!name.matches("[a-z][a-z0-9-]{0,31}")) {
                throw invalid(TYPES, name, "names of provider types with a comma in between, e.g. grpc");
            }
        }
        return Optional.of(names);
    }

    private static String idIn(String value) throws PluginFault {
        if (value.length() > MOST_ID_LENGTH || !value.matches("[a-z][a-z0-9-]*")) {
            throw invalid(
                    "Plugin-Id",
                    value,
                    "a lower-case letter, then lower-case letters, digits and hyphens, at most " + MOST_ID_LENGTH);
        }
        return value;
    }

    private static PluginVersion versionIn(String value) throws PluginFault {
        Optional<PluginVersion> version = PluginVersion.parse(value);
        if (version.isEmpty()) {
            throw invalid("Plugin-Version", value, "a semantic version, e.g. 1.2.3 or 1.2.3-SNAPSHOT");
        }
        return version.get();
    }

    private static void checkApiVersion(String requires) throws PluginFault {
        Optional<VersionRange> range = VersionRange.parse(requires);
        if (range.isEmpty()) {
            throw invalid("Plugin-Requires", requires, "a range of gateway-api versions, e.g. >=0.1.0 <1.0.0");
        }
        PluginVersion ours = PluginVersion.parse(GatewayPlugin.API_VERSION).orElseThrow();
        if (!range.get().contains(ours)) {
            throw new PluginFault(
                    Code.API_VERSION,
                    "it requires gateway-api " + requires + ", this gateway has " + ours
                            + ": take a version of the plugin made for it (usually it only needs to be built again), or another gateway");
        }
    }

    private void checkClassPath() throws PluginFault {
        String classPath = manifest.getValue(Attributes.Name.CLASS_PATH);
        if (classPath != null && !classPath.isBlank()) {
            throw invalid(
                    "Class-Path", classPath, "left out: pack what the plugin needs into its jar (maven-shade-plugin)");
        }
    }

    private void checkPluginClass() throws IOException, PluginFault {
        ZipEntry entry = jar.getEntry(pluginClass.replace('.', '/') + ".class");
        if (entry == null) {
            throw new PluginFault(
                    Code.CLASS_MISSING,
                    "its Plugin-Class " + pluginClass + " is not in the jar: correct the manifest or the packaging");
        }
        try (DataInputStream in = new DataInputStream(jar.getInputStream(entry))) {
            in.readInt();
            in.readUnsignedShort();
            checkJavaVersion(in.readUnsignedShort());
        } catch (EOFException e) {
            throw new PluginFault(
                    Code.CLASS_MISSING, "its Plugin-Class " + pluginClass + " is not a class file: build it again");
        }
    }

    private static void checkJavaVersion(int classFileVersion) throws PluginFault {
        int needed = classFileVersion - 44; // JVM specification 4.1: Java 25 writes 69
        int ours = Runtime.version().feature();
        if (needed > ours) {
            throw new PluginFault(
                    Code.JAVA_TOO_OLD,
                    "it was compiled for Java " + needed + ", this gateway runs on Java " + ours
                            + ": compile it with --release " + ours + ", or run the gateway on Java " + needed);
        }
    }

    private SettingsRule rule(String name) throws IOException, PluginFault {
        ZipEntry entry = jar.getEntry(SCHEMAS + name);
        if (entry == null) {
            return new SettingsRule(Optional.empty());
        }
        try (InputStream in = jar.getInputStream(entry)) {
            byte[] schema = in.readNBytes(MOST_SCHEMA_BYTES + 1);
            if (schema.length > MOST_SCHEMA_BYTES) {
                throw new PluginFault(
                        Code.SETTINGS_SCHEMA,
                        SCHEMAS + name + " has more than " + MOST_SCHEMA_BYTES + " bytes: make it smaller");
            }
            return new SettingsRule(Optional.of(schema));
        }
    }

    private static PluginFault invalid(String key, String value, String wanted) {
        return new PluginFault(
                Code.MANIFEST_KEY_INVALID, key + " in its manifest is '" + value + "' but must be " + wanted);
    }

    private static PluginFault unreadable() {
        return new PluginFault(Code.UNREADABLE, "it cannot be read: build it again, or check the disk");
    }

    private static void close(JarFile jar) {
        try {
            jar.close();
        } catch (IOException e) {
            // it was only read
        }
    }
}
