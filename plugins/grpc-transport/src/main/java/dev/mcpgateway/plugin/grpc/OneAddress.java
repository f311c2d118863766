// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import io.grpc.EquivalentAddressGroup;
import io.grpc.NameResolver;
import io.grpc.StatusOr;
import java.net.SocketAddress;
import java.net.URI;
import java.util.List;

/** Leads to one address, whatever the name: gRPC itself would make a URI of it, which a path with any letters does not give. */
final class OneAddress extends NameResolver.Factory {

    private final SocketAddress address;

    OneAddress(SocketAddress address) {
        this.address = address;
    }

    @Override
    public NameResolver newNameResolver(URI target, NameResolver.Args args) {
        return new NameResolver() {
            @Override
            public String getServiceAuthority() {
                return "localhost";
            }

            @Override
            public void start(Listener2 listener) {
                listener.onResult(ResolutionResult.newBuilder()
                        .setAddressesOrError(StatusOr.fromValue(List.of(new EquivalentAddressGroup(address))))
                        .build());
            }

            @Override
            public void shutdown() {}
        };
    }

    @Override
    public String getDefaultScheme() {
        return "dns";
    }
}
