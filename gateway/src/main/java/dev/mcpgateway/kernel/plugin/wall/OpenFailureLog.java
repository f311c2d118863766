// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderInstance;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Opens providers of a plugin's that may fail again and again: what was thrown is in the log with its stack once, under a
 * reference that stays, and as a line from then on. Thread-safe.
 */
final class OpenFailureLog {

    private static final int MOST = 64;

    private final FaultLog faults;

    @GuardedBy("this") private final Map<String, String> references = new LinkedHashMap<>(); // by what failed how

    OpenFailureLog(FaultLog faults) {
        this.faults = faults;
    }

    /** Throws what is fit for the kernel, and what the gate would pass on as it is. */
    ProviderInstance open(String provider, Callable<@Nullable ProviderInstance> opening) throws Exception {
        try {
            ProviderInstance open = opening.call();
            if (open == null) {
                throw new IllegalStateException("open returned null: it must return a provider or throw");
            }
            return open;
        } catch (InterruptedException | ProviderException hasItsWords) {
            throw hasItsWords;
        } catch (Throwable thrown) {
            throw new ProviderException(
                    ProviderException.Code.INTERNAL, "failed (ref " + report(provider, thrown) + ")");
        }
    }

    /** @return the reference under which it is found in the log */
    synchronized String report(String provider, Throwable thrown) {
        String what = "opening provider '" + provider + "'";
        String key = what + " " + thrown.getClass().getName() + " " + messageOf(thrown);
        String known = references.get(key);
        if (known != null) {
            faults.warn(what + " failed again (ref " + known + ")");
            return known;
        }
        if (references.size() >= MOST) {
            references.clear(); // of a message that is another each time
        }
        String reference = faults.reportStanding(what, thrown);
        references.put(key, reference);
        return reference;
    }

    private static String messageOf(Throwable thrown) {
        try {
            return Gate.line(thrown.getMessage());
        } catch (Throwable hostile) { // the plugin's own code
            return "";
        }
    }
}
