// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/** Calling a tool. */
record ToolKind(String name) implements CallKind<ToolEntry, ToolResult> {

    /** How many times as large as its text a tree may be, of which nobody has counted the values. */
    private static final int TREE = 16;

    @Override
    public InterceptedCall.Kind kind() {
        return InterceptedCall.Kind.TOOL;
    }

    @Override
    public String word() {
        return "tool";
    }

    @Override
    public boolean isKnown(Catalog catalog) {
        return catalog.tool(name).isPresent();
    }

    @Override
    public List<ToolEntry> candidates(Catalog catalog, BooleanSupplier isOver) {
        return catalog.tool(name).map(List::of).orElse(List.of());
    }

    @Override
    public Slot slot(ToolEntry entry) {
        return entry.slot();
    }

    @Override
    public String capability(ToolEntry entry) {
        return entry.name();
    }

    @Override
    public String canonicalName(ToolEntry entry) {
        return entry.canonicalName();
    }

    @Override
    public boolean failsOver() {
        return false;
    }

    @Override
    public Outcome unknown(String text) {
        return new Outcome.Refused(text);
    }

    @Override
    public Optional<CompiledSchema> schema(ToolEntry entry) {
        return Optional.of(entry.offered().input());
    }

    @Override
    public JsonValue written(ToolEntry entry, JsonValue given) {
        return given;
    }

    @Override
    public Outcome invalid(List<String> violations) {
        return new Outcome.Failed(
                "arguments of '" + name + "' violate its input schema:\n" + String.join("\n", violations), false);
    }

    @Override
    public CompletionStage<ToolResult> ask(ToolEntry entry, Provider provider, JsonValue given, CallContext context) {
        return provider.callTool(entry.offered().definition().name(), given, context);
    }

    @Override
    public long size(ToolResult result) {
        return PayloadSize.of(result);
    }

    @Override
    public int blocks(ToolResult result) {
        return result.content().size();
    }

    @Override
    public long weight(ToolEntry entry, long size) {
        boolean isTree =
                entry.offered().output().map(schema -> schema.sight().isWhole()).orElse(false);
        return isTree ? TREE * size : size;
    }

    @Override
    public boolean isJudgedQuickly(ToolEntry entry) {
        Optional<CompiledSchema> output = entry.offered().output();
        return output.isEmpty() || output.get().isQuick();
    }

    @Override
    public Outcome judge(ToolEntry entry, ToolResult result, long size, BooleanSupplier isOver) throws Unusable {
        ToolAnswer answer = ToolAnswer.of(result, entry.offered().output(), isOver);
        if (answer.fault().isPresent()) {
            throw new Unusable(answer.fault().get());
        }
        return new Outcome.Answered(answer.json(), result.content(), result.isError(), size);
    }

    @Override
    public Optional<ToolResult> answer(Outcome outcome) {
        return outcome instanceof Outcome.Answered answered ? Optional.of(answered.result()) : Optional.empty();
    }

    @Override
    public Verdict<ToolResult> before(Interceptor interceptor, InterceptedCall call, Json given) throws Exception {
        return interceptor.beforeTool(call, given);
    }

    @Override
    public ToolResult after(Interceptor interceptor, InterceptedCall call, Json given, ToolResult result)
            throws Exception {
        return interceptor.afterTool(call, given, result);
    }
}
