// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import dev.mcpgateway.api.Caller;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.Violation;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call as the interceptors of a chain see it, and what they may make of it: of the provider that is asked first. Thread-safe.
 *
 * @param <C> that provider, and for what
 * @param <R> what the call is answered with
 */
final class CallView<C, R> implements InterceptedCall {

    private final CallKind<C, R> kind;
    private final C first;
    private final RequestContext context;
    private final int payloadLimit;

    @GuardedBy("this") private boolean isAbandoned;

    @GuardedBy("this") private @Nullable Runnable cancelAction;

    CallView(CallKind<C, R> kind, C first, RequestContext context, int payloadLimit) {
        this.kind = kind;
        this.first = first;
        this.context = context;
        this.payloadLimit = payloadLimit;
    }

    /** The outcome that an interceptor's answer is. */
    Outcome judge(R result) throws CallKind.Unusable {
        long size = kind.size(result);
        CallKind.limit("gave", size, payloadLimit);
        return kind.judge(first, result, size, context::isOver);
    }

    /** An interceptor's arguments, which are held to what the client's are. */
    JsonValue checked(Json changed) throws CallKind.Unusable {
        JsonValue value;
        try {
            value = JsonValue.parse(changed, Calls.MAX_DEPTH);
        } catch (JsonFault fault) {
            throw new CallKind.Unusable("gave arguments that are not valid JSON: " + fault.text());
        }
        if (value.length() > payloadLimit) {
            throw new CallKind.Unusable(
                    "gave arguments of " + value.length() + " bytes, the limit is " + payloadLimit + " bytes");
        }
        Optional<String> fault = fault(value);
        if (fault.isPresent()) {
            throw new CallKind.Unusable("gave arguments that violate the schema: " + fault.get());
        }
        return value;
    }

    private Optional<String> fault(JsonValue changed) {
        Optional<CompiledSchema> schema = kind.schema(first);
        if (schema.isEmpty()) {
            return Optional.of("a resource is read without any");
        }
        if (!changed.isObject()) {
            return Optional.of("they are no object");
        }
        List<Violation> violations = schema.get().validate(changed, context::isOver);
        return violations.isEmpty() ? Optional.empty() : Optional.of(String.join("; ", Violation.inWords(violations)));
    }

    /** Nobody waits for the call any more: runs what was to be run then. */
    void abandoned() {
        Runnable action;
        synchronized (this) {
            isAbandoned = true;
            action = cancelAction;
            cancelAction = null;
        }
        if (action != null) {
            action.run();
        }
    }

    @Override
    public void onCancel(Runnable action) {
        boolean isNow;
        synchronized (this) {
            isNow = isAbandoned;
            cancelAction = isNow ? null : action;
        }
        if (isNow) {
            action.run();
        }
    }

    @Override
    public boolean isCancelled() {
        return context.isAbandoned();
    }

    @Override
    public Kind kind() {
        return kind.kind();
    }

    @Override
    public String provider() {
        return kind.slot(first).name();
    }

    @Override
    public String capability() {
        return kind.canonicalName(first);
    }

    @Override
    public String correlationId() {
        return context.correlationId();
    }

    @Override
    public Optional<Caller> caller() {
        return context.caller();
    }

    @Override
    public Duration remaining() {
        return context.remaining();
    }

    Fields fields(String outcome) {
        return Fields.ofCall(correlationId(), provider(), capability(), System.nanoTime() - context.arrival(), outcome);
    }
}
