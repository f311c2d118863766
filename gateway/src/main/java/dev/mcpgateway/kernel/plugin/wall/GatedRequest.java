// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.Reply;
import dev.mcpgateway.api.transport.RequestHandler;
import dev.mcpgateway.api.transport.RequestHead;
import java.nio.ByteBuffer;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.AtomicBoolean;

/** A request that a plugin's transport brings: on its threads, the kernel's work. Thread-safe. */
final class GatedRequest implements ClientRequest {

    private final Gate gate;
    private final ClientRequest ours;
    private final AtomicBoolean hasEnded = new AtomicBoolean();

    private GatedRequest(Gate gate, ClientRequest ours) {
        this.gate = gate;
        this.ours = ours;
        gate.callBegins();
    }

    static CompletionStage<Optional<ClientRequest>> begin(
            Gate gate, RequestHandler handler, RequestHead head, Reply reply) {
        ClassLoader before = gate.comeHome();
        try {
            return handler.begin(head, new GatedReply(gate, reply))
                    .thenApply(begun -> begun.map(request -> new GatedRequest(gate, request)));
        } finally {
            gate.leave(before);
        }
    }

    @Override
    public boolean reserve(int bytes) {
        return ours.reserve(bytes); // a few numbers
    }

    @Override
    public void body(ByteBuffer body) {
        ClassLoader before = gate.comeHome();
        try {
            ours.body(body);
        } finally {
            gate.leave(before);
        }
    }

    @Override
    public void gone() {
        ClassLoader before = gate.comeHome();
        try {
            ours.gone();
        } finally {
            gate.leave(before);
        }
    }

    @Override
    public void ended() {
        if (!hasEnded.compareAndSet(false, true)) {
            return;
        }
        gate.callEnds();
        ClassLoader before = gate.comeHome();
        try {
            ours.ended();
        } finally {
            gate.leave(before);
        }
    }
}
