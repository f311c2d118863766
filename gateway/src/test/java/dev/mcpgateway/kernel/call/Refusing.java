// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceResult;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;

/** A policy that lets nothing pass. */
final class Refusing implements Interceptor {

    @Override
    public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
        return Verdict.refuse("not today");
    }

    @Override
    public Verdict<ResourceResult> beforeResource(InterceptedCall call) {
        return Verdict.refuse("not today");
    }

    @Override
    public Verdict<PromptResult> beforePrompt(InterceptedCall call, Json arguments) {
        return Verdict.refuse("not today");
    }
}
