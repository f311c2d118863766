// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.ResourceCandidate;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.text.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * Reading what stands behind a URI.
 *
 * @param name the URI, as the client knows it
 */
record ResourceKind(String name) implements CallKind<ResourceCandidate, ResourceResult> {

    @Override
    public InterceptedCall.Kind kind() {
        return InterceptedCall.Kind.RESOURCE;
    }

    @Override
    public String word() {
        return "resource";
    }

    @Override
    public boolean isKnown(Catalog catalog) {
        return catalog.knowsAddress(name);
    }

    @Override
    public List<ResourceCandidate> candidates(Catalog catalog, BooleanSupplier isOver) {
        return catalog.readers(name, isOver);
    }

    @Override
    public Slot slot(ResourceCandidate reader) {
        return reader.slot();
    }

    @Override
    public String capability(ResourceCandidate reader) {
        return PlainText.of(name);
    }

    @Override
    public boolean failsOver() {
        return true;
    }

    @Override
    public Outcome unknown(String text) {
        return new Outcome.NotFound(text);
    }

    @Override
    public Optional<CompiledSchema> schema(ResourceCandidate reader) {
        return Optional.empty();
    }

    @Override
    public JsonValue written(ResourceCandidate reader, JsonValue given) {
        return given;
    }

    @Override
    public Outcome invalid(List<String> violations) {
        throw new IllegalStateException("a resource is read without arguments");
    }

    @Override
    public CompletionStage<ResourceResult> ask(
            ResourceCandidate reader, Provider provider, JsonValue given, CallContext context) {
        return provider.readResource(reader.uri(), context);
    }

    @Override
    public long size(ResourceResult result) {
        return PayloadSize.of(result);
    }

    @Override
    public int blocks(ResourceResult result) {
        return result.contents().size();
    }

    @Override
    public boolean isJudgedQuickly(ResourceCandidate reader) {
        return true;
    }

    @Override
    public Outcome judge(ResourceCandidate reader, ResourceResult result, long size, BooleanSupplier isOver)
            throws Unusable {
        ResourceAnswer answer = ResourceAnswer.of(result, name, reader.uri());
        if (answer.fault().isPresent()) {
            throw new Unusable(answer.fault().get());
        }
        return new Outcome.Read(answer.result(), size);
    }

    @Override
    public Optional<ResourceResult> answer(Outcome outcome) {
        return outcome instanceof Outcome.Read read ? Optional.of(read.resource()) : Optional.empty();
    }

    @Override
    public Verdict<ResourceResult> before(Interceptor interceptor, InterceptedCall call, Json given) throws Exception {
        return interceptor.beforeResource(call);
    }

    @Override
    public ResourceResult after(Interceptor interceptor, InterceptedCall call, Json given, ResourceResult result)
            throws Exception {
        return interceptor.afterResource(call, result);
    }
}
