// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.PromptEntry;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** Filling in a prompt. */
record PromptKind(String name) implements CallKind<PromptEntry, PromptResult> {

    @Override
    public InterceptedCall.Kind kind() {
        return InterceptedCall.Kind.PROMPT;
    }

    @Override
    public String word() {
        return "prompt";
    }

    @Override
    public boolean isKnown(Catalog catalog) {
        return !catalog.prompts(name).isEmpty();
    }

    @Override
    public List<PromptEntry> candidates(Catalog catalog, BooleanSupplier isOver) {
        return catalog.prompts(name);
    }

    @Override
    public Slot slot(PromptEntry entry) {
        return entry.slot();
    }

    @Override
    public String capability(PromptEntry entry) {
        return entry.canonicalName();
    }

    @Override
    public boolean failsOver() {
        return true;
    }

    @Override
    public Outcome unknown(String text) {
        return new Outcome.Refused(text);
    }

    @Override
    public Optional<CompiledSchema> schema(PromptEntry entry) {
        return Optional.of(entry.offered().schema());
    }

    @Override
    public JsonValue written(PromptEntry entry, JsonValue given) throws JsonFault {
        return PromptArguments.read(given, entry.offered().arguments());
    }

    @Override
    public Outcome invalid(List<String> violations) {
        return new Outcome.Refused(
                "arguments of '" + name + "' violate its args schema: " + String.join("; ", violations));
    }

    @Override
    public CompletionStage<PromptResult> ask(
            PromptEntry entry, Provider provider, JsonValue given, CallContext context) {
        return provider.getPrompt(entry.offered().definition().name(), given, context);
    }

    @Override
    public long size(PromptResult prompt) {
        return PayloadSize.of(prompt);
    }

    @Override
    public int blocks(PromptResult prompt) {
        return prompt.messages().size();
    }

    @Override
    public boolean isJudgedQuickly(PromptEntry entry) {
        return true;
    }

    @Override
    public Outcome judge(PromptEntry entry, PromptResult prompt, long size, BooleanSupplier isOver) throws Unusable {
        if (prompt.messages().isEmpty()) {
            throw new Unusable("returned a prompt without messages");
        }
        return new Outcome.Filled(prompt, size);
    }

    @Override
    public Optional<PromptResult> answer(Outcome outcome) {
        return outcome instanceof Outcome.Filled filled ? Optional.of(filled.prompt()) : Optional.empty();
    }

    @Override
    public Verdict<PromptResult> before(Interceptor interceptor, InterceptedCall call, Json given) throws Exception {
        return interceptor.beforePrompt(call, given);
    }

    @Override
    public PromptResult after(Interceptor interceptor, InterceptedCall call, Json given, PromptResult result)
            throws Exception {
        return interceptor.afterPrompt(call, given, result);
    }
}
