// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Json;

/** A plugin's observer as the kernel sees it: it throws nothing but what {@link InterceptorGate} does. */
final class GatedObserver implements CallObserver {

    private final InterceptorGate visit;
    private final CallObserver observer;

    GatedObserver(InterceptorGate visit, CallObserver observer) {
        this.visit = visit;
        this.observer = observer;
    }

    @Override
    public void begins(InterceptedCall call, Json arguments) {
        visit.make(call, inside -> {
            observer.begins(inside, arguments);
            return true;
        });
    }

    @Override
    public void ended(InterceptedCall call, Ending ending) {
        visit.make(call, inside -> {
            observer.ended(inside, ending);
            return true;
        });
    }

    @Override
    public void close() {
        visit.end(observer::close);
    }
}
