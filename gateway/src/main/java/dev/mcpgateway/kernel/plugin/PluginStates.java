// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.plugin.cell.Cell;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.inspect.PluginVersion;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Which file is in which state, and which plugin. Thread-safe. */
final class PluginStates {

    /** How many plugins that are gone, or should be, are remembered. */
    private static final int MOST_GONE = 64;

    @GuardedBy("this") private final Map<Jar, PluginFile> files = new LinkedHashMap<>();

    @GuardedBy("this") private final Map<RunningPlugin, PluginFile> plugins = new LinkedHashMap<>(); // in the order of their coming

    @GuardedBy("this") private final Map<Path, PluginFile> ignored = new HashMap<>();

    private final Consumer<PluginFile> changed;

    /** @param changed hears of every change of state, one at a time */
    PluginStates(Consumer<PluginFile> changed) {
        this.changed = changed;
    }

    /** In the order of their names; of one name, what was loaded from it first. */
    synchronized List<PluginFile> files() {
        List<PluginFile> all = new ArrayList<>(ignored.values());
        plugins.forEach((resident, file) -> {
            Cell cell = resident.cell();
            all.add(cell == null ? file : file.now(cell.calls(), cell.lastFault()));
        });
        all.addAll(files.values());
        all.sort(Comparator.comparing(PluginFile::file));
        return all;
    }

    synchronized void seen(Jar jar) {
        files.put(jar, PluginFile.seen(jar.file()));
        plugins.entrySet()
                .removeIf(each -> each.getValue().state() == State.GONE
                        && each.getKey().jar().file().equals(jar.file()));
    }

    synchronized void introduce(Jar jar, String id, PluginVersion version) {
        files.computeIfPresent(jar, (same, file) -> file.introduced(id, version.text()));
    }

    void inspected(Jar jar) {
        move(jar, State.INSPECTED, "", "");
    }

    /** @param types empty where that cannot be told without running it */
    synchronized void noteOffers(Jar jar, Optional<Set<String>> types) {
        List<String> offers = types.map(names ->
                        names.stream().sorted().map(PluginFile.TYPE::concat).toList())
                .orElse(List.of(PluginFile.ANY_TYPE));
        files.computeIfPresent(jar, (same, file) -> file.offering(offers));
    }

    void ended(Jar jar, PluginFault fault) {
        State state = switch (fault.code().outcome()) {
            case REFUSED -> State.REFUSED;
            case FAILED -> State.FAILED;
        };
        move(jar, state, fault.code().name(), fault.reason());
    }

    /** What lies at a place now is something else. */
    synchronized void forget(Jar jar) {
        files.remove(jar);
    }

    /** Which other files look as if someone meant them to be loaded. */
    synchronized void ignored(List<Path> all) {
        Set<Path> now = new HashSet<>(all);
        ignored.keySet().retainAll(now);
        for (Path file : all) {
            if (!ignored.containsKey(file)) {
                PluginFile entry = PluginFile.seen(file)
                        .in(State.IGNORED, "", "only files named *.jar are loaded: rename it if it is a plugin");
                ignored.put(file, entry);
                changed.accept(entry);
            }
        }
    }

    synchronized void live(RunningPlugin resident) {
        PluginFile file = files.remove(resident.jar());
        PluginFile entry = (file == null ? PluginFile.seen(resident.jar().file()) : file)
                .introduced(resident.id(), resident.version())
                .in(State.LIVE, "", "")
                .offering(resident.offers());
        plugins.put(resident, entry);
        changed.accept(entry);
    }

    /** It goes on under the name of another file with the same bytes. */
    synchronized void moved(RunningPlugin resident) {
        files.remove(resident.jar());
        plugins.computeIfPresent(
                resident, (same, file) -> file.at(resident.jar().file()));
    }

    /** It serves on as it was started, since with its new settings it does not start. */
    synchronized void keepsItsSettings(RunningPlugin resident, PluginFault fault) {
        PluginFile before = plugins.get(resident);
        if (before != null) {
            PluginFile entry =
                    before.saying(fault.code().name(), "it serves on with its earlier settings: " + fault.reason());
            plugins.put(resident, entry);
            changed.accept(entry);
        }
    }

    synchronized void draining(RunningPlugin resident) {
        move(resident, State.DRAINING, "");
    }

    /** Shown as long as nothing else lies where it came from, and among the last that went. */
    synchronized void gone(RunningPlugin resident) {
        move(resident, State.GONE, "");
        if (isReplaced(resident)) {
            plugins.remove(resident);
        }
        long gone = plugins.values().stream().filter(PluginStates::isGone).count();
        for (Iterator<PluginFile> all = plugins.values().iterator(); gone > MOST_GONE && all.hasNext(); ) {
            if (isGone(all.next())) {
                all.remove();
                gone--;
            }
        }
    }

    synchronized void leaked(RunningPlugin resident, String reason) {
        plugins.computeIfAbsent(
                resident,
                forgotten -> PluginFile.seen(forgotten.jar().file())
                        .introduced(forgotten.id(), forgotten.version())
                        .in(State.GONE, "", ""));
        move(resident, State.LEAKED, reason);
    }

    /** Whether it waits for nothing but a change of its file or of others. */
    synchronized boolean isSettled(Jar jar) {
        PluginFile file = files.get(jar);
        return file == null || file.state().isSettled();
    }

    @GuardedBy("this") private boolean isReplaced(RunningPlugin resident) {
        Path file = resident.jar().file();
        return files.keySet().stream().anyMatch(each -> each.file().equals(file))
                || plugins.keySet().stream()
                        .anyMatch(each -> each != resident && each.jar().file().equals(file));
    }

    private static boolean isGone(PluginFile file) {
        return file.state() == State.GONE || file.state() == State.LEAKED;
    }

    @GuardedBy("this") private void move(RunningPlugin resident, State state, String reason) {
        PluginFile before = plugins.get(resident);
        if (before != null && before.state() != state) {
            PluginFile entry = before.in(state, state == State.LEAKED ? State.LEAKED.name() : "", reason);
            plugins.put(resident, entry);
            changed.accept(entry);
        }
    }

    private synchronized void move(Jar jar, State state, String code, String reason) {
        PluginFile before = files.get(jar);
        boolean isSame = before != null
                && before.state() == state
                && before.code().equals(code)
                && before.reason().equals(reason);
        if (before != null && !isSame) {
            PluginFile entry = before.in(state, code, reason);
            files.put(jar, entry);
            changed.accept(entry);
        }
    }
}
