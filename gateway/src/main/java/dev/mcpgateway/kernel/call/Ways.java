package dev.mcpgateway.kernel.call;

import dev.mcpgateway.api.InterceptedCall;
import dev.mcpgateway.api.InterceptedCall.Kind;
import dev.mcpgateway.api.Interceptor;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.PromptResult;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.api.ToolResult;
import dev.mcpgateway.api.Verdict;
import dev.mcpgateway.kernel.catalog.PromptEntry;
import dev.mcpgateway.kernel.catalog.ToolEntry;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.schema.Violation;
import java.util.List;
import java.util.Optional;

/** How tools, resources and prompts go through a chain. */
final class Ways {

    private Ways() {}

    record OfTool(ToolEntry entry) implements Passage.Way<ToolResult> {

        @Override
        public Kind kind() {
            return Kind.TOOL;
        }

        @Override
        public Verdict<ToolResult> before(Interceptor interceptor, InterceptedCall call, Json arguments)
                throws Exception {
            return interceptor.beforeTool(call, arguments);
        }

        @Override
        public ToolResult after(Interceptor interceptor, InterceptedCall call, Json arguments, ToolResult result)
                throws Exception {
            return interceptor.afterTool(call, arguments, result);
        }

        @Override
        public Optional<String> faultOf(JsonValue arguments) {
            return violations(entry.offered().input(), arguments);
        }

        @Override
        public long size(ToolResult result) {
            return Size.of(result);
        }

        @Override
        public Optional<ToolResult> result(Outcome outcome) {
            return outcome instanceof Outcome.Answered answered ? Optional.of(answered.result()) : Optional.empty();
        }

        @Override
        public Outcome judge(ToolResult result, long size) {
            ToolAnswer answer = ToolAnswer.of(result, entry.offered().output());
            if (answer.fault().isPresent()) {
                throw Passage.unusable(answer.fault().get());
            }
            return new Outcome.Answered(answer.json(), result.content(), result.isError(), size);
        }
    }

    record OfPrompt(PromptEntry entry) implements Passage.Way<PromptResult> {

        @Override
        public Kind kind() {
            return Kind.PROMPT;
        }

        @Override
        public Verdict<PromptResult> before(Interceptor interceptor, InterceptedCall call, Json arguments)
                throws Exception {
            return interceptor.beforePrompt(call, arguments);
        }

        @Override
        public PromptResult after(Interceptor interceptor, InterceptedCall call, Json arguments, PromptResult result)
                throws Exception {
            return interceptor.afterPrompt(call, arguments, result);
        }

        @Override
        public Optional<String> faultOf(JsonValue arguments) {
            return violations(entry.offered().schema(), arguments);
        }

        @Override
        public long size(PromptResult result) {
            return Size.of(result);
        }

        @Override
        public Optional<PromptResult> result(Outcome outcome) {
            return outcome instanceof Outcome.Filled filled ? Optional.of(filled.prompt()) : Optional.empty();
        }

        @Override
        public Outcome judge(PromptResult result, long size) {
            if (result.messages().isEmpty()) {
                throw Passage.unusable("returned a prompt without messages");
            }
            return new Outcome.Filled(result, size);
        }
    }

    /** @param uri as the client asked for it */
    record OfResource(String uri) implements Passage.Way<List<ResourceContents>> {

        @Override
        public Kind kind() {
            return Kind.RESOURCE;
        }

        @Override
        public Verdict<List<ResourceContents>> before(Interceptor interceptor, InterceptedCall call, Json arguments)
                throws Exception {
            return interceptor.beforeResource(call);
        }

        @Override
        public List<ResourceContents> after(
                Interceptor interceptor, InterceptedCall call, Json arguments, List<ResourceContents> result)
                throws Exception {
            return interceptor.afterResource(call, result);
        }

        @Override
        public Optional<String> faultOf(JsonValue arguments) {
            return Optional.of("a resource is read without any");
        }

        @Override
        public long size(List<ResourceContents> result) {
            return Size.of(result);
        }

        @Override
        public Optional<List<ResourceContents>> result(Outcome outcome) {
            return outcome instanceof Outcome.Read read ? Optional.of(read.contents()) : Optional.empty();
        }

        @Override
        public Outcome judge(List<ResourceContents> result, long size) {
            ResourceAnswer answer = ResourceAnswer.of(result, uri, uri);
            if (answer.fault().isPresent()) {
                throw Passage.unusable(answer.fault().get());
            }
            return new Outcome.Read(answer.contents(), size);
        }
    }

    private static Optional<String> violations(CompiledSchema schema, JsonValue arguments) {
        List<Violation> violations = schema.validate(arguments.tree());
        return violations.isEmpty() ? Optional.empty() : Optional.of(Call.joined(violations, "; "));
    }
}
