// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.MessageLite;
import com.google.protobuf.UnsafeByteOperations;
import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.provider.v1.GetPromptRequest;
import dev.mcpgateway.provider.v1.InvokeRequest;
import dev.mcpgateway.provider.v1.ReadResourceRequest;
import io.grpc.MethodDescriptor;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A provider that speaks {@code provider.v1} at some address. */
final class GrpcProvider implements Provider {

    private final ConnectionMonitor lifeline;
    private final AnswerReaders.Line readers;

    /** @param readers of this provider's large answers */
    GrpcProvider(ConnectionMonitor lifeline, AnswerReaders.Line readers) {
        this.lifeline = lifeline;
        this.readers = readers;
    }

    @Override
    public CompletionStage<Capabilities> capabilities(CallContext context) {
        Fault refusal = lifeline.refusalByHealth();
        return refusal != null
                ? CompletableFuture.failedFuture(refusal.exception())
                : new Question(lifeline, readers, context).ask();
    }

    @Override
    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext context) {
        InvokeRequest request = InvokeRequest.newBuilder()
                .setToolName(tool)
                .setPayload(json(arguments))
                .build();
        return call(Contract.INVOKE, ResponseReader::toolResult, request, context);
    }

    @Override
    public CompletionStage<ResourceResult> readResource(String uri, CallContext context) {
        ReadResourceRequest request =
                ReadResourceRequest.newBuilder().setUri(uri).build();
        return call(Contract.READ_RESOURCE, ResponseReader::resourceResult, request, context);
    }

    @Override
    public CompletionStage<PromptResult> getPrompt(String prompt, Json arguments, CallContext context) {
        GetPromptRequest request = GetPromptRequest.newBuilder()
                .setName(prompt)
                .setArguments(json(arguments))
                .build();
        return call(Contract.GET_PROMPT, ResponseReader::promptResult, request, context);
    }

    @Override
    public void reconnect() {
        lifeline.reconnect();
    }

    @Override
    public void close() {
        lifeline.close();
    }

    private <T> CompletionStage<T> call(
            MethodDescriptor<MessageLite, byte[]> method,
            ResponseReader.Reader<T> reader,
            MessageLite request,
            CallContext context) {
        Fault refusal = lifeline.refusal();
        if (refusal != null) {
            return CompletableFuture.failedFuture(refusal.exception());
        }
        Connection connection;
        try {
            connection = lifeline.connections().take();
        } catch (ProviderException closed) {
            return CompletableFuture.failedFuture(closed);
        }
        boolean isDialled = !connection.wasReady();
        CompletionStage<T> answer = new Call<>(connection, method, reader, readers, context).start(request);
        if (!isDialled) {
            return answer;
        }
        return answer.exceptionallyCompose(thrown -> {
            Connection other = hasNotLeft(connection, thrown) && !context.isCancelled()
                    ? lifeline.connections().takeReady()
                    : null;
            return other == null
                    ? CompletableFuture.failedFuture(thrown)
                    : new Call<>(other, method, reader, readers, context).start(request);
        });
    }

    /** One more connection than there were could not be made: that costs no call that others can take. */
    private static boolean hasNotLeft(Connection dialled, Throwable thrown) {
        return !dialled.wasReady()
                && thrown instanceof ProviderException failed
                && failed.code() == ProviderException.Code.UNAVAILABLE;
    }

    private static dev.mcpgateway.provider.v1.Json json(Json json) {
        ByteString bytes = UnsafeByteOperations.unsafeWrap(json.utf8()); // nobody changes a Json's bytes
        return dev.mcpgateway.provider.v1.Json.newBuilder().setValue(bytes).build();
    }
}
