package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.call.Calls.ToolRequest;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.Violation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One call of one tool that exists. */
final class ToolCall extends Call<ToolResult> {

    private final ToolRequest request;
    private final ToolEntry entry;
    private final @Nullable Passage<ToolResult> passage;
    private JsonValue arguments;

    ToolCall(ToolRequest request, ToolEntry entry, Limits limits, Consumer<Outcome> then) {
        super(entry.slot(), CorrelationId.next(), request.arrival(), limits, then);
        this.request = request;
        this.entry = entry;
        this.passage = null;
        this.arguments = request.arguments();
    }

    /** One with interceptors around it. */
    ToolCall(ToolRequest request, ToolEntry entry, Limits limits, Passage<ToolResult> passage) {
        super(entry.slot(), passage.correlationId(), request.arrival(), limits, passage::end);
        this.request = request;
        this.entry = entry;
        this.passage = passage;
        this.arguments = request.arguments();
    }

    @Override
    protected CompletionStage<ToolResult> ask(Provider provider) {
        return provider.callTool(entry.offered().definition().name(), arguments, this);
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
            if (passage == null) {
                entry.slot().submit(this);
            } else {
                passage.begin(arguments, this::submitWith, passage::end, this::timeOut);
            }
            return;
        }
        String text = "arguments of '" + request.name() + "' violate its input schema:\n" + joined(violations, "\n");
        end(new Outcome.Failed(text, false), "invalid", "call refused: arguments violate the input schema");
    }

    private void submitWith(JsonValue changed) {
        arguments = changed;
        if (!isCancelled()) { // while it was on its way here
            entry.slot().submit(this);
        }
    }

    @Override
    protected void failed(Failure failure) {
        if (failure.kind() == Failure.Kind.TIMED_OUT && passage != null && passage.isWithInterceptor()) {
            passage.end(passage.timedOut());
        } else {
            super.failed(failure);
        }
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
        ToolAnswer answer = ToolAnswer.of(result, entry.offered().output());
        if (answer.fault().isPresent()) {
            return unusable(answer.fault().get());
        }
        log(Log.Level.INFO, "call", result.isError() ? "error" : "ok");
        return new Outcome.Answered(answer.json(), result.content(), result.isError(), size);
    }
}
