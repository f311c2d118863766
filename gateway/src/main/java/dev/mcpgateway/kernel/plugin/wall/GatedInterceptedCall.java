// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.InterceptedCall;

/** What surrounds a call, as an interceptor sees it. */
final class GatedInterceptedCall extends GatedCall implements InterceptedCall {

    private final InterceptedCall call;

    GatedInterceptedCall(Gate gate, InterceptedCall call) {
        super(gate, call);
        this.call = call;
    }

    @Override
    public Kind kind() {
        return call.kind();
    }

    @Override
    public String provider() {
        return call.provider();
    }

    @Override
    public String capability() {
        return call.capability();
    }
}
