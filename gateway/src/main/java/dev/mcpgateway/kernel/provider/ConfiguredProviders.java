// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.ProviderOffer;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.kernel.config.ProviderEntry;
import dev.mcpgateway.kernel.process.ProviderProcess;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.process.SocketFolder;
import dev.mcpgateway.kernel.thread.Deadlines;
import dev.mcpgateway.kernel.thread.ShutdownUrgency;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The providers of the configuration in its order, and the sockets of those that have a command. Guarded by the {@link
 * Providers} that have it.
 */
final class ConfiguredProviders {

    private static final Duration BETWEEN_REPLACEMENTS = Duration.ofMinutes(1);

    private final PluginProviders plugins;
    private final Deadlines deadlines;
    private final RunFile runFile;
    private final ShutdownUrgency urgency;
    private final ControlThread control;
    private final List<ConfiguredProvider> all = new ArrayList<>();
    private final Map<String, Long> replaced = new HashMap<>(); // by provider, when its process lost its socket
    private boolean allPluginsJoined;
    private @Nullable SocketFolder sockets;
    private int socketsGivenOut;

    /** @param plugins that offer the types, and providers beside these */
    ConfiguredProviders(
            List<ProviderEntry> entries,
            PluginProviders plugins,
            Deadlines deadlines,
            RunFile runFile,
            ShutdownUrgency urgency,
            ControlThread control)
            throws IOException {
        this.plugins = plugins;
        this.deadlines = deadlines;
        this.runFile = runFile;
        this.urgency = urgency;
        this.control = control;
        for (ProviderEntry entry : entries) {
            if (entry.enabled()) {
                all.add(configure(entry));
            }
        }
    }

    List<ConfiguredProvider> all() {
        return List.copyOf(all);
    }

    Set<String> names() {
        return all.stream().map(ConfiguredProvider::name).collect(Collectors.toSet());
    }

    private List<ConfiguredProvider> of(String type) {
        return all.stream().filter(each -> each.entry().type().equals(type)).toList();
    }

    Optional<SocketFolder> sockets() {
        return Optional.ofNullable(sockets);
    }

    void start() {
        all.forEach(ConfiguredProviders::start);
    }

    private static void start(ConfiguredProvider each) {
        each.child().ifPresent(child -> child.start(each.lifecycle()));
    }

    /** A plugin offers the type now. */
    void acceptType(ProviderType type) {
        of(type.name()).forEach(each -> each.lifecycle().acceptOpener(each.opener(type)));
    }

    /** Opens all of a type beside what serves, by another version of the plugin that offers it. */
    void prepare(ProviderType type, Takeovers takeovers) {
        for (ConfiguredProvider each : of(type.name())) {
            takeovers.prepare(each.lifecycle(), each.terms(), each.child(), each.opener(type));
        }
    }

    /** The type is that of another version of its plugin now. */
    void changeOver(ProviderType type, Takeovers takeovers) {
        for (ConfiguredProvider each : of(type.name())) {
            Optional<Takeover> prepared = takeovers.of(each.lifecycle());
            control.run(() -> {
                boolean isDone = prepared.isPresent() && prepared.get().takeOver();
                if (!isDone) { // its entry in the configuration has changed meanwhile
                    each.lifecycle()
                            .changeOver(
                                    new Changeover(each.terms(), each.child(), Optional.of(each.opener(type)), false));
                }
            });
        }
    }

    /** No plugin offers these types any more. */
    void typesAreGone(Collection<String> types) {
        for (String type : types) {
            of(type).forEach(each -> each.lifecycle().typeIsGone(each.terms()));
        }
    }

    /** No more plugins are coming for now. */
    void allPluginsJoined() {
        allPluginsJoined = true;
        all.forEach(each -> each.lifecycle().typeIsMissing());
    }

    /** Takes over what the configuration says now; returns those that it does not have any more. */
    Collection<ConfiguredProvider> reload(List<ProviderEntry> entries) {
        Map<String, ConfiguredProvider> before = new LinkedHashMap<>();
        all.forEach(each -> before.put(each.name(), each));
        all.clear();
        for (ProviderEntry entry : entries) {
            if (entry.enabled()) {
                ConfiguredProvider known = before.remove(entry.name());
                try {
                    if (known == null) {
                        add(entry);
                    } else {
                        all.add(known.entry().equals(entry) ? known : changed(known, entry));
                    }
                } catch (IOException e) {
                    sayLeftAsItWas(entry.name(), e);
                    if (known != null) {
                        all.add(known);
                    }
                }
            }
        }
        return before.values();
    }

    /** Starts another process where the one there was has lost its socket. */
    void replaceProcesses(Set<SupervisedProcess> lost) {
        for (int i = 0; i < all.size(); i++) {
            ConfiguredProvider each = all.get(i);
            String name = each.name();
            if (each.child().filter(lost::contains).isPresent() && isTimeToReplace(name)) {
                try {
                    control.say(
                            true,
                            name,
                            "provider '" + name + "': its socket " + each.address()
                                    + " was deleted; another process takes its place: keep cleaners away from it");
                    all.set(i, changed(each, each.entry(), false));
                } catch (IOException e) {
                    sayLeftAsItWas(name, e);
                }
            }
        }
    }

    /** A program that deletes its socket itself is not to be started every two seconds. */
    private boolean isTimeToReplace(String name) {
        long now = System.nanoTime();
        Long last = replaced.get(name);
        if (last != null && now - last < BETWEEN_REPLACEMENTS.toNanos()) {
            return false;
        }
        replaced.put(name, now);
        return true;
    }

    private void sayLeftAsItWas(String name, IOException why) {
        control.say(true, name, "provider '" + name + "' is left as it was: " + why.getMessage());
    }

    private void add(ProviderEntry entry) throws IOException {
        if (plugins.haveProvider(entry.name())) {
            control.say(
                    true,
                    entry.name(),
                    "provider '" + entry.name() + "' is not added: a plugin has a provider of this name;"
                            + " give it another one");
            return;
        }
        control.say(false, entry.name(), "provider '" + entry.name() + "' is added");
        ConfiguredProvider newcomer = configure(entry);
        all.add(newcomer);
        Optional<ProviderType> type = plugins.type(entry.type());
        if (type.isPresent()) {
            newcomer.lifecycle().acceptOpener(newcomer.opener(type.get()));
        } else if (allPluginsJoined) {
            newcomer.lifecycle().typeIsMissing();
        }
        start(newcomer);
    }

    private ConfiguredProvider changed(ConfiguredProvider known, ProviderEntry entry) throws IOException {
        control.say(false, entry.name(), "provider '" + entry.name() + "' is changed");
        return changed(known, entry, known.runsTheSame(entry));
    }

    private ConfiguredProvider changed(ConfiguredProvider known, ProviderEntry entry, boolean keepsProcess)
            throws IOException {
        String address = keepsProcess ? known.address() : addressOf(entry);
        Optional<SupervisedProcess> child = keepsProcess ? known.child() : childOf(entry, address);
        ConfiguredProvider now = new ConfiguredProvider(entry, known.lifecycle(), address, child);
        if (keepsProcess && known.opensTheSame(now)) {
            known.lifecycle().agree(now.terms());
        } else {
            Optional<ProviderOffer.Opener> opener = plugins.type(entry.type()).map(now::opener);
            known.lifecycle().changeOver(new Changeover(now.terms(), child, opener, !known.reachesTheSame(entry)));
        }
        return now;
    }

    private ConfiguredProvider configure(ProviderEntry entry) throws IOException {
        String address = addressOf(entry);
        Optional<SupervisedProcess> child = childOf(entry, address);
        Slot slot = new Slot(ConfiguredProvider.terms(entry, address), deadlines);
        return new ConfiguredProvider(entry, new ProviderLifecycle(slot, control, child), address, child);
    }

    /** Where it is reached; a process that is told no address gets a socket that no other had before it. */
    private String addressOf(ProviderEntry entry) throws IOException {
        if (entry.address().isPresent() || entry.command().isEmpty()) {
            return entry.address().orElse("");
        }
        if (sockets == null || !sockets.isThere()) {
            sockets = SocketFolder.create();
        }
        return sockets.address(socketsGivenOut++);
    }

    private Optional<SupervisedProcess> childOf(ProviderEntry entry, String address) {
        if (entry.command().isEmpty()) {
            return Optional.empty();
        }
        ProviderProcess.Command command = new ProviderProcess.Command(
                entry.name(), entry.command(), entry.env(), entry.workingDirectory(), address);
        return Optional.of(new SupervisedProcess(command, runFile, urgency, control));
    }
}
