// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import static dev.mcpgateway.kernel.call.CallScene.changing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.ProviderException;
import dev.mcpgateway.api.ProviderException.Code;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.Verdict;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Interceptors and observers around reads of resources. */
@Timeout(60)
class InterceptedResourceTest {

    @AutoClose
    private final CallScene scene = new CallScene();

    @Test
    void a_read_that_fails_over_goes_through_the_chain_once() {
        scene.use("a", scene.tracing("t"), scene.observing("o").order(-1));
        scene.first.contents = CompletableFuture.failedFuture(new ProviderException(Code.NOT_FOUND, "no"));

        assertThat(scene.read())
                .isEqualTo(new Outcome.Read(ResourceResult.of(ResourceContents.text(Acme.URI, "hello")), 5));
        assertThat(scene.first.asked).containsExactly(Acme.URI);
        assertThat(scene.second.asked).containsExactly(Acme.URI);
        assertThat(scene.seen).containsExactly("o begins acme://greeting {}", "> t", "< t", "o ok [hello]");
    }

    @Test
    void a_read_may_be_refused_or_answered_or_its_contents_changed() {
        ResourceResult other = ResourceResult.of(ResourceContents.text(Acme.URI, "other"));
        scene.use("a", changing("c", new Refusing()));
        assertThat(scene.read())
                .isEqualTo(new Outcome.Failed("call of 'acme://greeting' was refused: not today", false));
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<ResourceResult> beforeResource(InterceptedCall call) {
                return Verdict.answer(other);
            }
        }));
        assertThat(scene.read()).isEqualTo(new Outcome.Read(other, 5));
        assertThat(scene.first.asked).isEmpty();
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public ResourceResult afterResource(InterceptedCall call, ResourceResult result) {
                return other;
            }
        }));
        assertThat(scene.read()).isEqualTo(new Outcome.Read(other, 5));
        assertThat(scene.first.asked).hasSize(1);
    }

    @Test
    void a_resource_has_no_arguments_to_change() {
        scene.use("a", changing("c", new Interceptor() {
            @Override
            public Verdict<ResourceResult> beforeResource(InterceptedCall call) {
                return Verdict.passWith(Json.of(Map.of()));
            }
        }));

        assertThat(((Outcome.Failed) scene.read()).reason())
                .startsWith("call of 'acme://greeting' was refused: interceptor 'c' of plugin 'a' gave arguments ");
    }
}
