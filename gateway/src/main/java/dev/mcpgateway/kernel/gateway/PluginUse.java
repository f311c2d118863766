// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.kernel.call.Interceptors;
import dev.mcpgateway.kernel.listen.Doors;
import dev.mcpgateway.kernel.plugin.LivePlugin;
import dev.mcpgateway.kernel.plugin.PluginFile;
import dev.mcpgateway.kernel.plugin.PluginFolder;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.fault.PluginFault.Code;
import dev.mcpgateway.kernel.process.PluginState;
import dev.mcpgateway.kernel.process.ProviderState;
import dev.mcpgateway.kernel.process.RunFile;
import dev.mcpgateway.kernel.provider.JoinRefusal;
import dev.mcpgateway.kernel.provider.Providers;
import dev.mcpgateway.kernel.settings.ListenSettings;
import java.util.List;
import java.util.Optional;

/** What plugins bring is used, and is not any more; the run file says how they are doing. */
final class PluginUse implements PluginFolder.Listener {

    private final Providers providers;
    private final Interceptors interceptors;
    private final Optional<Doors> doors;
    private final RequiredPlugins required;
    private final FileAccessWarnings accessWarnings;
    private final RunFile runFile;
    private List<PluginState> told = List.of(); // of the folder's thread
    private List<ProviderState> toldProviders = List.of(); // likewise

    /** @param doors empty where clients come by no transport of a plugin */
    PluginUse(
            Providers providers,
            Interceptors interceptors,
            Optional<Doors> doors,
            RequiredPlugins required,
            FileAccessWarnings accessWarnings,
            RunFile runFile) {
        this.providers = providers;
        this.interceptors = interceptors;
        this.doors = doors;
        this.required = required;
        this.accessWarnings = accessWarnings;
        this.runFile = runFile;
    }

    @Override
    public void listens(String pluginId, ListenSettings settings) {
        doors.ifPresent(each -> each.announce(pluginId, settings));
    }

    @Override
    public void live(LivePlugin plugin) throws PluginFault, InterruptedException {
        Prepared prepared = prepare(plugin, Code.OPEN_FAILED, "its ");
        prepared.around().use(); // before anything is called that they stand around
        boolean hasJoined = false;
        try {
            Optional<JoinRefusal> clash = providers.join(plugin.id(), plugin.providers(), plugin.providerTypes());
            if (clash.isPresent()) {
                throw PluginFault.nameTaken(clash.get().reason(), clash.get().holder());
            }
            hasJoined = true;
        } finally {
            if (!hasJoined) {
                interceptors.leave(plugin.id());
                prepared.door().ifPresent(Doors.Prepared::abandon);
            }
        }
        prepared.door().ifPresent(Doors.Prepared::use);
        required.live(plugin.id());
    }

    @Override
    public void replaced(LivePlugin before, LivePlugin now) throws PluginFault, InterruptedException {
        String keeps = "version " + before.version() + " serves on, since with this one ";
        Prepared prepared = prepare(now, Code.TAKEOVER_FAILED, keeps);
        Optional<JoinRefusal> trouble = Optional.empty();
        boolean isDecided = false;
        try {
            trouble = providers.replace(now.id(), now.providers(), now.providerTypes());
            isDecided = true;
        } finally {
            if (isDecided && trouble.isEmpty()) {
                prepared.around().use();
                prepared.door().ifPresentOrElse(Doors.Prepared::use, () -> leaveDoor(now.id()));
            } else {
                prepared.around().abandon();
                prepared.door().ifPresent(Doors.Prepared::abandon);
            }
        }
        if (trouble.isPresent()) {
            String reason = keeps + trouble.get().reason();
            throw trouble.get().isNameTaken()
                    ? PluginFault.nameTaken(reason, trouble.get().holder())
                    : new PluginFault(Code.TAKEOVER_FAILED, reason);
        }
    }

    /** What stands around calls, and the transport where there is one: open, and not in use yet. */
    private record Prepared(Interceptors.Prepared around, Optional<Doors.Prepared> door) {}

    private Prepared prepare(LivePlugin plugin, Code code, String before) throws PluginFault, InterruptedException {
        Interceptors.Prepared around = null;
        boolean isComplete = false;
        try {
            around = interceptors.prepare(plugin.id(), plugin.interceptors());
            Optional<Doors.Prepared> door = doors.isPresent() && plugin.listen().isPresent()
                    ? doors.get()
                            .prepare(
                                    plugin.id(),
                                    plugin.clientTransports(),
                                    plugin.listen().get())
                    : Optional.empty();
            isComplete = true;
            return new Prepared(around, door);
        } catch (ProviderException refused) {
            throw new PluginFault(code, before + refused.getMessage());
        } finally {
            if (!isComplete && around != null) {
                around.abandon();
            }
        }
    }

    private void leaveDoor(String pluginId) {
        doors.ifPresent(each -> each.leave(pluginId));
    }

    @Override
    public void gone(LivePlugin plugin) {
        required.gone(plugin.id());
        leaveDoor(plugin.id());
        providers.leave(plugin.id());
        interceptors.leave(plugin.id());
    }

    @Override
    public void policiesChanged() {
        required.lookAgain();
    }

    @Override
    public void filesChanged(List<PluginFile> files) {
        accessWarnings.warnOfWriters(files);
        List<PluginState> now = files.stream().map(this::state).toList();
        List<ProviderState> beside = providers.states();
        if (!now.equals(told) || !beside.equals(toldProviders)) {
            told = now;
            toldProviders = beside;
            runFile.tell(now, beside);
        }
    }

    private PluginState state(PluginFile file) {
        Optional<String> trouble =
                file.state() == PluginFile.State.LIVE && file.code().isEmpty()
                        ? file.id().flatMap(this::trouble)
                        : Optional.empty();
        return new PluginState(
                String.valueOf(file.file().getFileName()),
                file.id().orElse(""),
                file.version().orElse(""),
                file.state().name(),
                file.code(),
                trouble.orElse(file.reason()),
                file.since(),
                file.offers(),
                file.calls());
    }

    private Optional<String> trouble(String pluginId) {
        return providers.trouble(pluginId).or(() -> interceptors.trouble(pluginId));
    }
}
