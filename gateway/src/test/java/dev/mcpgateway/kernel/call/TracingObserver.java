// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.CallObserver;
import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ToolResult;
import java.util.Queue;

/** Notes all that it hears. */
class TracingObserver implements CallObserver {

    private final String name;
    private final Queue<String> seen;

    TracingObserver(String name, Queue<String> seen) {
        this.name = name;
        this.seen = seen;
    }

    @Override
    public void begins(InterceptedCall call, Json arguments) {
        seen.add(name + " begins " + call.capability() + " " + arguments);
    }

    @Override
    public void ended(InterceptedCall call, Ending ending) {
        String what = ending.reason()
                + ending.toolResult()
                        .flatMap(ToolResult::json)
                        .map(Json::toString)
                        .orElse("")
                + ending.promptResult().map(PromptResult::description).orElse("")
                + ending.resourceResult()
                        .map(result -> result.contents().stream()
                                .map(each -> ((ResourceContents.Text) each).text())
                                .toList()
                                .toString())
                        .orElse("");
        seen.add((name + " " + ending.outcome() + " " + what).strip());
    }

    @Override
    public void close() {
        seen.add(name + " closed");
    }
}
