// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import io.grpc.MethodDescriptor;
import io.grpc.ServerMethodDefinition;
import io.grpc.ServerServiceDefinition;

/** A service that goes by another name, or lacks a method. */
final class Disguise {

    private Disguise() {}

    /** @param without the bare name of the method that is left out; empty where none is */
    static ServerServiceDefinition of(ServerServiceDefinition original, String name, String without) {
        ServerServiceDefinition.Builder service = ServerServiceDefinition.builder(name);
        for (ServerMethodDefinition<?, ?> method : original.getMethods()) {
            if (!without.equals(method.getMethodDescriptor().getBareMethodName())) {
                service.addMethod(moved(method, name));
            }
        }
        return service.build();
    }

    private static <Q, R> ServerMethodDefinition<Q, R> moved(ServerMethodDefinition<Q, R> method, String service) {
        MethodDescriptor<Q, R> descriptor = method.getMethodDescriptor();
        String bareName = String.valueOf(descriptor.getBareMethodName());
        return ServerMethodDefinition.create(
                descriptor.toBuilder()
                        .setFullMethodName(MethodDescriptor.generateFullMethodName(service, bareName))
                        .build(),
                method.getServerCallHandler());
    }
}
