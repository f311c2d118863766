// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.Provider;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.provider.Failure;
import dev.mcpgateway.kernel.provider.Invocation;
import dev.mcpgateway.kernel.request.RequestContext;
import java.util.concurrent.CompletionStage;

/**
 * A request at one of its providers. One that never lets it end keeps this object, so it lets go of all that is large as soon as
 * it is made or over.
 */
final class ProviderCall<C, R> extends Invocation<R> {

    private final CallRun<C, R> run;
    private final CallKind<C, R> kind;
    private final C candidate;
    private volatile JsonValue arguments;
    private volatile boolean wasMade;
    private volatile boolean isOpen = true;

    ProviderCall(CallRun<C, R> run, CallKind<C, R> kind, C candidate, JsonValue arguments, RequestContext context) {
        super(kind.slot(candidate), context);
        this.run = run;
        this.kind = kind;
        this.candidate = candidate;
        this.arguments = arguments;
    }

    C candidate() {
        return candidate;
    }

    /** Whether the provider was asked. */
    boolean wasMade() {
        return wasMade;
    }

    /** Whether nothing has come of it yet. */
    boolean isOpen() {
        return isOpen;
    }

    /** Its request was over before it was submitted. */
    void abandon() {
        over(request().isTimedOut() ? RequestContext.Ending.TIMED_OUT : RequestContext.Ending.CANCELLED);
    }

    @Override
    protected CompletionStage<R> ask(Provider provider) {
        wasMade = true;
        JsonValue given = arguments;
        arguments = JsonValue.emptyObject();
        return kind.ask(candidate, provider, given, this);
    }

    @Override
    protected void answered(R answer) {
        isOpen = false;
        try {
            run.answered(this, answer);
        } catch (RuntimeException | Error bug) {
            run.broke(bug);
        }
    }

    @Override
    protected void failed(Failure failure) {
        isOpen = false;
        arguments = JsonValue.emptyObject();
        run.failed(this, failure);
    }

    @Override
    protected String what() {
        return kind.capability(candidate);
    }
}
