// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.gateway;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.mcp.Sessions;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/** A missing policy fails closed: at the start and at any time, nothing is served while a required plugin is not live. Thread-safe. */
final class RequiredPlugins {

    private static final Log LOG = Log.named("gateway");

    private final Calls calls;
    private final Sessions sessions;
    private final Supplier<Set<String>> policies;
    private final Set<String> live = ConcurrentHashMap.newKeySet();
    private volatile List<String> required;
    private volatile boolean hasBooted;

    @GuardedBy("this") private Optional<String> refusal;

    /**
     * @param required by the configuration
     * @param mayMissPolicies whether calls are refused until {@link #onBooted}
     * @param policies ids of plugins whose interceptors stand around calls, and that have settings
     */
    RequiredPlugins(
            List<String> required,
            boolean mayMissPolicies,
            Supplier<Set<String>> policies,
            Calls calls,
            Sessions sessions) {
        this.required = required;
        this.policies = policies;
        this.calls = calls;
        this.sessions = sessions;
        refusal = mayMissPolicies
                ? Optional.of("plugins are starting, and some of them may have interceptors that stand around calls")
                : Optional.empty();
        calls.refuse(refusal);
    }

    /** From here on what is missing is not on its way any more. */
    void onBooted() {
        hasBooted = true;
        lookAgain();
    }

    void require(List<String> ids) {
        required = ids;
        lookAgain();
    }

    void live(String id) {
        live.add(id);
        lookAgain();
    }

    void gone(String id) {
        live.remove(id);
        lookAgain();
    }

    /** Whether all that must be live is. */
    synchronized boolean areLive() {
        return hasBooted && refusal.isEmpty();
    }

    /** Whether something is missing may be different now. */
    synchronized void lookAgain() {
        if (!hasBooted) {
            return;
        }
        List<String> missing = missing();
        Optional<String> now = missing.isEmpty()
                ? Optional.empty()
                : Optional.of(String.join("; ", missing) + " (mcp-gateway plugins says why)");
        if (now.equals(refusal)) {
            return;
        }
        refusal = now;
        calls.refuse(now);
        LOG.log(
                now.isPresent() ? Log.Level.WARN : Log.Level.INFO,
                now.map(why -> "nothing is served: " + why)
                        .orElse("everything is served: all required plugins are live"),
                Fields.NONE);
        sessions.allListsChanged();
    }

    private List<String> missing() {
        List<String> missing = new ArrayList<>();
        for (String id : new TreeSet<>(required)) {
            if (!live.contains(id)) {
                missing.add("plugin " + id + " is required (gateway.require) and not live");
            }
        }
        for (String id : new TreeSet<>(policies.get())) {
            if (!live.contains(id) && !required.contains(id)) {
                missing.add("plugin " + id
                        + " is required (it intercepts calls, and has settings under plugins:) and not live");
            }
        }
        return missing;
    }
}
