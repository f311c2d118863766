// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.cell;

import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.kernel.plugin.fault.PluginFault;
import dev.mcpgateway.kernel.plugin.wall.Gate;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.pf4j.Plugin;
import org.pf4j.PluginRuntimeException;

/** The plugin's object, as PF4J starts and stops it. */
final class Pf4jAdapter extends Plugin {

    private final PluginInstantiator entrance;
    private final Context context;
    private final Gate gate;
    private final AtomicReference<@Nullable GatewayPlugin> plugin = new AtomicReference<>();
    private Optional<PluginFault> fault = Optional.empty();
    private Offers offers = Offers.NONE;

    Pf4jAdapter(PluginInstantiator entrance, Context context, Gate gate) {
        this.entrance = entrance;
        this.context = context;
        this.gate = gate;
    }

    @Override
    public void start() {
        try {
            GatewayPlugin made = entrance.make();
            plugin.set(made);
            offers = entrance.ask(made, context, gate);
        } catch (PluginFault e) {
            fault = Optional.of(e);
            throw new PluginRuntimeException("did not start"); // all that PF4J needs to know
        }
    }

    /** PF4J says so on the thread that unloads, which no plugin may hold: it was closed before, see {@link #close}. */
    @Override
    public void stop() {}

    /** Closes the plugin's object, once, also where it did not start; takes as long as the plugin likes. */
    void close() {
        GatewayPlugin made = plugin.getAndSet(null);
        if (made != null) {
            gate.quietly("closing the plugin", made::close);
        }
    }

    /** What kept it from starting. */
    Optional<PluginFault> fault() {
        return fault;
    }

    Offers offers() {
        return offers;
    }
}
