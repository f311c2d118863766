package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.call.Calls.PromptRequest;
import dev.mcpgateway.kernel.catalog.PromptEntry;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Log;
import dev.mcpgateway.kernel.schema.Violation;
import java.util.List;
import java.util.concurrent.CompletionStage;

/** One provider asked to fill in one prompt. */
final class PromptFilling extends Attempt<PromptResult> {

    private final PromptRequest request;
    private final PromptEntry entry;
    private final Limits limits;
    private JsonValue arguments;

    PromptFilling(PromptRequest request, PromptEntry entry, Search<PromptEntry> search, Limits limits) {
        super(entry.slot(), search, limits);
        this.request = request;
        this.entry = entry;
        this.limits = limits;
        this.arguments = request.arguments();
    }

    @Override
    void start() {
        if (arguments.length() <= Calls.LIGHT && entry.offered().schema().isCheap()) {
            validateAndSubmit();
        } else {
            limits.heavy().execute(this::validateAndSubmit);
        }
    }

    private void validateAndSubmit() {
        List<Violation> violations;
        try {
            arguments = WrittenArguments.read(arguments, entry.offered().arguments());
            violations = entry.offered().schema().validate(arguments.tree());
        } catch (JsonFault fault) {
            refuse("arguments of '" + request.name() + "': " + fault.text());
            return;
        } catch (RuntimeException | Error bug) {
            broke(bug);
            return;
        }
        if (violations.isEmpty()) {
            entry.slot().submit(this);
            return;
        }
        String text = "arguments of '" + request.name() + "' violate its args schema: " + joined(violations, "; ");
        end(new Outcome.Refused(text), "invalid", "call refused: arguments violate the args schema");
    }

    @Override
    CompletionStage<PromptResult> askFor(Provider provider) {
        return provider.getPrompt(entry.offered().definition().name(), arguments, this);
    }

    @Override
    String capability() {
        return entry.canonicalName();
    }

    @Override
    long size(PromptResult prompt) {
        return Size.of(prompt);
    }

    @Override
    boolean isJudgedQuickly() {
        return true;
    }

    @Override
    Outcome judge(PromptResult prompt, long size) {
        if (prompt.messages().isEmpty()) {
            return unusable("returned a prompt without messages");
        }
        log(Log.Level.INFO, "call", "ok");
        return new Outcome.Filled(prompt, size);
    }
}
