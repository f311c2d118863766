package dev.mcpgateway.kernel.plugin;

import dev.mcpgateway.kernel.plugin.PluginFile.State;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.inspect.Version;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/** Which file is in which state. What is settled stays as it is, until it is gone. Thread-safe. */
final class Ledger {

    private final Map<Path, PluginFile> files = new TreeMap<>();
    private final Consumer<PluginFile> changed;

    /** @param changed hears of every change of state, one at a time */
    Ledger(Consumer<PluginFile> changed) {
        this.changed = changed;
    }

    /** In the order of their names. */
    synchronized List<PluginFile> files() {
        return new ArrayList<>(files.values());
    }

    synchronized void seen(Path file) {
        files.put(file, PluginFile.seen(file));
    }

    synchronized void introduce(Path file, String id, Version version) {
        files.put(file, entry(file).introduced(id, version.text()));
    }

    void inspected(Path file) {
        move(file, State.INSPECTED, "", "");
    }

    /** Returns false when the file was given up meanwhile. */
    boolean live(Path file) {
        return move(file, State.LIVE, "", "");
    }

    void ended(Path file, PluginFault fault) {
        State state = switch (fault.code().outcome()) {
            case REFUSED -> State.REFUSED;
            case FAILED -> State.FAILED;
        };
        move(file, state, fault.code().name(), fault.reason());
    }

    void ignored(Path file) {
        move(file, State.IGNORED, "", "only files named *.jar are loaded: rename it if it is a plugin");
    }

    synchronized void gone(Path file) {
        put(entry(file).in(State.GONE, "", ""));
    }

    synchronized State state(Path file) {
        return entry(file).state();
    }

    private synchronized boolean move(Path file, State state, String code, String reason) {
        PluginFile entry = entry(file);
        if (entry.state().isSettled()) {
            return false;
        }
        put(entry.in(state, code, reason));
        return true;
    }

    private void put(PluginFile entry) {
        files.put(entry.file(), entry);
        changed.accept(entry);
    }

    private PluginFile entry(Path file) {
        return files.computeIfAbsent(file, PluginFile::seen);
    }
}
