package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.call.Calls.ToolRequest;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.Violation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** One call of one tool that exists. */
final class ToolCall extends Call<ToolResult> {

    private final ToolRequest request;
    private final ToolEntry entry;

    ToolCall(ToolRequest request, ToolEntry entry, Limits limits, Consumer<Outcome> then) {
        super(entry.slot(), CorrelationId.next(), request.arrival(), limits, then);
        this.request = request;
        this.entry = entry;
    }

    @Override
    protected CompletionStage<ToolResult> ask(Provider provider) {
        return provider.callTool(entry.offered().definition().name(), request.arguments(), this);
    }

    /** Validates the arguments and calls, or says what is wrong with them. */
    void validateAndSubmit() {
        List<Violation> violations;
        try {
            violations = entry.offered().input().validate(request.arguments().tree());
        } catch (RuntimeException | Error bug) {
            broke(bug);
            return;
        }
        if (violations.isEmpty()) {
            entry.slot().submit(this);
            return;
        }
        String text = "arguments of '" + request.name() + "' violate its input schema:\n" + joined(violations, "\n");
        end(new Outcome.Failed(text, false), "invalid", "call refused: arguments violate the input schema");
    }

    @Override
    String capability() {
        return entry.name();
    }

    @Override
    long size(ToolResult result) {
        return Size.of(result);
    }

    @Override
    boolean isJudgedQuickly() {
        Optional<CompiledSchema> output = entry.offered().output();
        return output.isEmpty() || output.get().isCheap();
    }

    @Override
    Outcome judge(ToolResult result, long size) {
        Optional<JsonValue> json = Optional.empty();
        if (result.json().isPresent()) {
            try {
                json = Optional.of(JsonValue.parse(result.json().get(), Calls.MAX_DEPTH));
            } catch (JsonFault fault) {
                String where = fault.text().replaceFirst("^Parse error at ", "");
                return unusable("returned a result that is not valid JSON: " + where);
            }
        }
        if (!result.isError()) {
            Optional<CompiledSchema> output = entry.offered().output();
            if (output.isPresent()) {
                if (json.isEmpty()) {
                    return unusable("returned no JSON value, though the tool has an output schema");
                }
                List<Violation> violations = output.get().validate(json.get().tree());
                if (!violations.isEmpty()) {
                    return unusable("returned a result that violates its output schema: "
                            + PlainText.of(joined(violations, "; ")));
                }
            }
            if (json.isEmpty() && result.content().isEmpty()) {
                return unusable("returned neither a JSON value nor content");
            }
        }
        log(Log.Level.INFO, "call", result.isError() ? "error" : "ok");
        return new Outcome.Answered(json, result.content(), result.isError(), size);
    }
}
