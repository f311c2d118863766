// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.wall;

import dev.mcpgateway.api.CallContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The kernel's own stage for one call into a plugin. It completes once, with sound values of the API or with text; a
 * plugin's stage may throw, complete twice, late or with nothing, and harms only its own call.
 */
final class GatedStage<T> extends CompletableFuture<T> implements BiConsumer<@Nullable T, @Nullable Throwable> {

    private final Gate gate;
    private final String provider;
    private final String asked;
    private final CallContext call;
    private final Function<T, T> sound;

    /**
     * @param asked what the call is for, in a word: tool, resource, prompt, discovery
     * @param sound makes the kernel's own value of the plugin's; throws where it is half-made
     */
    GatedStage(Gate gate, String provider, String asked, CallContext call, Function<T, T> sound) {
        this.gate = gate;
        this.provider = provider;
        this.asked = asked;
        this.call = call;
        this.sound = sound;
    }

    /** May throw what the plugin's stage throws. */
    void follow(@Nullable CompletionStage<T> stage) {
        if (stage == null) {
            throw new IllegalStateException("the provider returned null instead of a stage");
        }
        stage.whenComplete(this);
    }

    /** On whatever thread the plugin completes its stage; that thread does the kernel's work from here. */
    @Override
    public void accept(@Nullable T value, @Nullable Throwable thrown) {
        if (isDone()) {
            return;
        }
        ClassLoader before = gate.comeHome();
        try {
            if (thrown != null) {
                fail(thrown);
            } else if (value == null) {
                fail(new IllegalStateException("the provider completed its stage with null"));
            } else {
                ended(complete(sound.apply(value)));
            }
        } catch (Throwable halfMade) {
            fail(halfMade);
        } finally {
            gate.leave(before);
        }
    }

    /** What a plugin throws after its call was cancelled comes of that, and interests nobody. */
    void fail(Throwable thrown) {
        if (isDone()) {
            return;
        }
        if (Gate.isCancellation(thrown) || call.isCancelled()) {
            ended(cancel(false));
        } else {
            ended(completeExceptionally(gate.asText(
                    "a call of provider '" + provider + "'", "could not answer: " + asked + " failed", thrown)));
        }
    }

    private void ended(boolean justNow) {
        if (justNow) {
            gate.callEnds();
        }
    }
}
