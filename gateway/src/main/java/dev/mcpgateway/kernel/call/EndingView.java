// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import java.util.Optional;

/** An outcome as observers see it. */
record EndingView(Outcome how) implements CallObserver.Ending {

    @Override
    public String outcome() {
        return switch (how) {
            case Outcome.Answered answered -> answered.isError() ? "error" : "ok";
            case Outcome.Read read -> "ok";
            case Outcome.Filled filled -> "ok";
            case Outcome.NotFound missing -> "not_found";
            case Outcome.Failed failed -> failed.isWarning() ? "failed" : "refused";
            case Outcome.Refused refused -> "refused";
            case Outcome.Unserved unserved -> "refused";
            case Outcome.Broken broken -> "failed";
            case Outcome.Cancelled cancelled -> "cancelled";
        };
    }

    @Override
    public String reason() {
        return switch (how) {
            case Outcome.NotFound missing -> missing.reason();
            case Outcome.Failed failed -> failed.reason();
            case Outcome.Refused refused -> refused.reason();
            case Outcome.Unserved unserved -> unserved.reason();
            case Outcome.Broken broken -> "internal error (ref " + broken.reference() + ")";
            default -> "";
        };
    }

    @Override
    public Optional<ToolResult> toolResult() {
        return how instanceof Outcome.Answered answered ? Optional.of(answered.result()) : Optional.empty();
    }

    @Override
    public Optional<ResourceResult> resourceResult() {
        return how instanceof Outcome.Read read ? Optional.of(read.resource()) : Optional.empty();
    }

    @Override
    public Optional<PromptResult> promptResult() {
        return how instanceof Outcome.Filled filled ? Optional.of(filled.prompt()) : Optional.empty();
    }
}
