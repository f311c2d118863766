package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.kernel.call.Calls.ToolRequest;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.provider.Failure;
import dev.mcpgateway.kernel.provider.Invocation;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.Violation;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** One call of one tool that exists. */
final class ToolCall extends Invocation<ToolResult> {

    private static final Log LOG = Log.named("call");

    private final ToolRequest request;
    private final ToolEntry entry;
    private final int payloadLimit;
    private final Executor heavy;
    private final Consumer<Outcome> then;

    ToolCall(ToolRequest request, ToolEntry entry, int payloadLimit, Executor heavy, Consumer<Outcome> then) {
        super(
                entry.slot(),
                CorrelationId.next(),
                request.arrival() + entry.slot().terms().timeout().toNanos());
        this.request = request;
        this.entry = entry;
        this.payloadLimit = payloadLimit;
        this.heavy = heavy;
        this.then = then;
    }

    @Override
    protected CompletionStage<ToolResult> ask(Provider provider) {
        return provider.callTool(entry.offered().definition().name(), request.arguments(), this);
    }

    @Override
    protected void answered(ToolResult result) {
        long size = size(result);
        boolean isCheap = entry.offered().output().map(CompiledSchema::isCheap).orElse(true);
        if (size <= Calls.LIGHT && isCheap) {
            check(result, size);
        } else {
            heavy.execute(() -> check(result, size));
        }
    }

    @Override
    protected void failed(Failure failure) {
        if (failure.kind() == Failure.Kind.CANCELLED) {
            end(new Outcome.Cancelled(), "cancelled", Log.Level.INFO, "call cancelled");
            return;
        }
        String text = provider() + PlainText.of(failure.text());
        end(new Outcome.Failed(text, true), outcomeOf(failure.kind()), Log.Level.INFO, "call failed: " + text);
    }

    void refuse(String reason) {
        end(new Outcome.Refused(reason), "refused", Log.Level.INFO, "call refused: " + reason);
    }

    void argumentsViolate(List<Violation> violations) {
        String text = "arguments of '" + request.name() + "' violate its input schema:\n" + joined(violations, "\n");
        end(
                new Outcome.Failed(text, false),
                "invalid",
                Log.Level.INFO,
                "call refused: arguments violate the input schema");
    }

    /** A fault of ours. */
    void broke(Throwable bug) {
        String reference = CorrelationId.next().substring(0, 8);
        LOG.failure(Log.Level.ERROR, "a call failed inside the gateway (ref " + reference + ")", fields("broken"), bug);
        then.accept(new Outcome.Broken(reference));
    }

    private void check(ToolResult result, long size) {
        try {
            then.accept(judge(result, size));
        } catch (RuntimeException | Error bug) {
            broke(bug);
        }
    }

    private Outcome judge(ToolResult result, long size) {
        if (size > payloadLimit) {
            return unusable("returned a result of " + size + " bytes, the limit is " + payloadLimit + " bytes");
        }
        Optional<JsonValue> json = Optional.empty();
        if (result.json().isPresent()) {
            try {
                json = Optional.of(parse(result.json().get()));
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

    private static JsonValue parse(Json json) throws JsonFault {
        return JsonValue.parse(json, Calls.MAX_DEPTH);
    }

    private Outcome unusable(String reason) {
        String text = provider() + reason;
        log(Log.Level.WARN, "call failed: " + text, "broken");
        return new Outcome.Failed(text, true);
    }

    private void end(Outcome outcome, String word, Log.Level level, String message) {
        log(level, message, word);
        then.accept(outcome);
    }

    private void log(Log.Level level, String message, String outcome) {
        if (LOG.isEnabled(level)) {
            LOG.log(level, message, fields(outcome));
        }
    }

    private Fields fields(String outcome) {
        return Fields.ofCall(
                correlationId(), entry.slot().name(), entry.name(), System.nanoTime() - request.arrival(), outcome);
    }

    private String provider() {
        return "provider '" + entry.slot().name() + "' ";
    }

    private static String joined(List<Violation> violations, String separator) {
        StringBuilder text = new StringBuilder();
        for (Violation each : violations) {
            text.append(text.isEmpty() ? "" : separator);
            text.append(each.path().isEmpty() ? "/" : each.path()).append(' ').append(each.reason());
        }
        return text.toString();
    }

    private static String outcomeOf(Failure.Kind kind) {
        return switch (kind) {
            case UNAVAILABLE -> "unavailable";
            case TIMED_OUT -> "timeout";
            case QUEUE_FULL -> "queue_full";
            case CANCELLED -> "cancelled";
            case NOT_FOUND, REFUSED -> "refused";
            case BROKEN -> "broken";
        };
    }

    private static long size(ToolResult result) {
        long size = result.json().isPresent() ? result.json().get().utf8().remaining() : 0;
        for (Content block : result.content()) {
            size += size(block);
        }
        return size;
    }

    private static long size(Content block) {
        return switch (block) {
            case Content.Text text -> utf8Length(text.text());
            case Content.Image image -> image.data().remaining();
            case Content.Audio audio -> audio.data().remaining();
            case Content.ResourceLink link -> utf8Length(link.uri()) + utf8Length(link.name());
            case Content.EmbeddedResource embedded ->
                switch (embedded.resource()) {
                    case ResourceContents.Text text -> utf8Length(text.text());
                    case ResourceContents.Blob blob -> blob.data().remaining();
                };
        };
    }

    /** Without encoding it: this is on the way of every answer. */
    private static long utf8Length(String text) {
        long length = text.length();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                // a surrogate pair is two chars and four bytes
                length += c >= 0x800 && !Character.isSurrogate(c) ? 2 : 1;
            }
        }
        return length;
    }
}
