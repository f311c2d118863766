// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.BlockingProvider;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.kernel.log.LoggedLines;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.settings.Settings;
import java.io.IOException;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/** A plugin folder, a work folder and what a gateway makes of them. */
final class Scene implements AutoCloseable {

    static {
        URLConnection.setDefaultUseCaches("jar", false); // as Main does
    }

    final Path plugins;
    final Path work;
    final List<LivePlugin> live = new CopyOnWriteArrayList<>();
    final List<LivePlugin> gone = new CopyOnWriteArrayList<>();
    final Set<String> taken = ConcurrentHashMap.newKeySet();
    final Set<String> unreachable = ConcurrentHashMap.newKeySet();
    final Map<String, Settings> settings = new HashMap<>();
    final List<String> allowed = new ArrayList<>();
    Duration limit = Duration.ofSeconds(20);
    private final List<PluginFolder> booted = new ArrayList<>();

    Scene(Path root) throws IOException {
        plugins = Files.createDirectories(root.resolve("plugins"));
        Files.setPosixFilePermissions(plugins, PosixFilePermissions.fromString("rwxr-xr-x"));
        work = root.resolve("work");
        LoggedLines.forget();
    }

    Path file(String name) {
        return plugins.resolve(name);
    }

    PluginFolder boot() {
        PluginFolder folder = new PluginFolder(
                plugins,
                work,
                allowed,
                settings,
                new PluginFolder.Listener() {
                    @Override
                    public void live(LivePlugin plugin) throws PluginFault {
                        if (taken.contains(plugin.id())) {
                            throw PluginFault.nameTaken("its name is taken: rename it", Optional.of("other"));
                        }
                        live.add(plugin);
                    }

                    @Override
                    public void replaced(LivePlugin before, LivePlugin now) throws PluginFault {
                        if (unreachable.contains(now.version())) {
                            throw new PluginFault(
                                    PluginFault.Code.TAKEOVER_FAILED, "version " + before.version() + " serves on");
                        }
                        live.remove(before);
                        live.add(now);
                        gone.add(before);
                    }

                    @Override
                    public void gone(LivePlugin plugin) {
                        live.remove(plugin);
                        gone.add(plugin);
                    }
                },
                limit);
        booted.add(folder);
        folder.boot();
        return folder;
    }

    /** Boots, and takes up what changes from then on. */
    PluginFolder watch() {
        PluginFolder folder = boot();
        folder.watch();
        return folder;
    }

    /** Each file with its version, state and code, e.g. {@code acme.jar 1.0.0 LIVE}. */
    List<String> rows() {
        return booted.getLast().files().stream()
                .map(file -> (file.file().getFileName() + " " + file.version().orElse("-") + " " + file.state() + " "
                                + file.code())
                        .strip())
                .toList();
    }

    /** Boots if that was not done yet. */
    PluginFile state(String name) {
        PluginFolder folder = booted.isEmpty() ? boot() : booted.getLast();
        return folder.files().stream()
                .filter(file -> file.file().equals(file(name)))
                .findFirst()
                .orElseThrow(() -> new AssertionError(name + " is not shown"));
    }

    /** The file ended so, with a line that says what to do; the same comes out without loading where that can be told. */
    PluginFile expect(String name, State state, String code) {
        PluginFile file = state(name);
        assertThat(file.state() + " " + file.code() + " " + file.reason())
                .startsWith(state + " " + code + " ")
                .hasSizeGreaterThan(20)
                .doesNotContain("\n", "Exception");
        assertThat(LoggedLines.all())
                .filteredOn(line -> name.equals(line.extra().get("file")))
                .anySatisfy(line -> assertThat(line.message())
                        .isEqualTo(
                                "plugin " + name + " " + state.name().toLowerCase(Locale.ROOT) + ": " + file.reason()));
        return file;
    }

    PluginFile expectLive(String name) {
        PluginFile file = state(name);
        assertThat(file.state() + " " + file.code() + " " + file.reason()).isEqualTo("LIVE  ");
        return file;
    }

    /** The only provider that the live plugins offer, opened. */
    Provider open(FakeProviderContext context) throws Exception {
        List<ProviderOffer> offers =
                live.stream().flatMap(plugin -> plugin.providers().stream()).toList();
        assertThat(offers).hasSize(1);
        return switch (offers.getFirst().opener().open(context)) {
            case Provider provider -> provider;
            case BlockingProvider provider -> new OnThisThread(provider);
        };
    }

    @Override
    public void close() {
        booted.forEach(PluginFolder::close);
    }
}
