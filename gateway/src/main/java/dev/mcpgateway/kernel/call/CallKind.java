// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallContext;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.catalog.Catalog;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.log.Fields;
import dev.mcpgateway.kernel.provider.Slot;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;

/**
 * What differs between calling a tool, reading a resource and filling in a prompt. Immutable: one stands for one request.
 *
 * @param <C> a provider that may be asked, and for what
 * @param <R> what providers answer
 */
interface CallKind<C, R> {

    /** What a provider or an interceptor gave that cannot be used; the reason goes on behind the name of whoever gave it. */
    final class Unusable extends Exception {

        private static final long serialVersionUID = 1L;

        private final String reason;

        Unusable(String reason) {
            super(reason, null, false, false);
            this.reason = reason;
        }

        String reason() {
            return reason;
        }
    }

    /** Bytes that a part of an answer brings beside what stands in it, when it is written. */
    int FRAME = 128;

    InterceptedCall.Kind kind();

    /** {@code tool}, {@code resource} or {@code prompt}. */
    String word();

    /** As the client knows it. */
    String name();

    /** Whether it is known who has it, so that looking is quick. */
    boolean isKnown(Catalog catalog);

    /**
     * Those who may be asked, in order.
     *
     * @param isOver whether nobody waits for that any more: then it comes to nothing
     */
    List<C> candidates(Catalog catalog, BooleanSupplier isOver);

    Slot slot(C candidate);

    /** {@code provider 'NAME' }, to go on behind. */
    default String provider(C candidate) {
        return "provider '" + slot(candidate).name() + "' ";
    }

    /** What is called there, as the log has it. */
    String capability(C candidate);

    /** What is called there, as plugins have it, whatever the client knows it by. */
    default String canonicalName(C candidate) {
        return capability(candidate);
    }

    /** For the log. */
    default Fields fields(C candidate, RequestContext context, String outcome) {
        return Fields.ofCall(
                context.correlationId(),
                slot(candidate).name(),
                capability(candidate),
                System.nanoTime() - context.arrival(),
                outcome);
    }

    /** Whether others are asked where one is down or does not have it. */
    boolean failsOver();

    /** Nobody has it. */
    Outcome unknown(String text);

    /** What arguments are held to; empty where there are none. */
    Optional<CompiledSchema> schema(C candidate);

    /** The arguments as that provider wants them. */
    JsonValue written(C candidate, JsonValue given) throws JsonFault;

    /** @param violations of the schema, fit for a client */
    Outcome invalid(List<String> violations);

    CompletionStage<R> ask(C candidate, Provider provider, JsonValue arguments, CallContext context);

    /** Bytes of an answer, measured without copying it. */
    long size(R answer);

    /** How many parts an answer has. */
    int blocks(R answer);

    /** Bytes that judging an answer of that size may take: more where a tree is made of it. */
    default long weight(C candidate, long size) {
        return size;
    }

    /** Whether that answer may be judged on the thread that brings it. */
    default boolean isJudgedHere(C candidate, R answer, long size) {
        return size + FRAME * blocks(answer) <= CallRoom.LIGHT && isJudgedQuickly(candidate);
    }

    /** As {@link #isJudgedHere}, if it is not large. */
    boolean isJudgedQuickly(C candidate);

    /** @param verb {@code returned} or {@code gave}: what was done with a result of that size */
    static void limit(String verb, long size, int limit) throws Unusable {
        if (size > limit) {
            throw new Unusable(verb + " a result of " + size + " bytes, the limit is " + limit + " bytes");
        }
    }

    /**
     * An answer, checked and shaped.
     *
     * @param isOver whether nobody waits for it any more: then what comes of it is not looked at
     */
    Outcome judge(C candidate, R answer, long size, BooleanSupplier isOver) throws Unusable;

    /** The answer in an outcome as the API has it; empty where there is none. */
    Optional<R> answer(Outcome outcome);

    Verdict<R> before(Interceptor interceptor, InterceptedCall call, Json arguments) throws Exception;

    R after(Interceptor interceptor, InterceptedCall call, Json arguments, R result) throws Exception;
}
