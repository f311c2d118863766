// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

/**
 * Stands around every call and may change, answer or refuse it: policy, redaction, caching. What comes before a call sees
 * arguments that conform to the schema, in the order of the chain; what comes after sees the answer, in the opposite order,
 * and only where its own {@code before} let the call pass. Whatever is changed is checked again.
 *
 * <p>Ordinary methods that may block and throw, called concurrently, each on a virtual thread that is interrupted when the
 * call's deadline passes or the client cancels; the deadline counts on meanwhile. One that throws refuses the call, unless
 * it was offered as {@link InterceptorOffer#failingOpen}. Every method has a default, so this interface can grow.
 */
public interface Interceptor extends AutoCloseable {

    /** Before a tool is called. */
    default Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) throws Exception {
        return Verdict.pass();
    }

    /**
     * After a tool has answered, also with an error of its own.
     *
     * @param arguments with which it was called in the end
     * @return the same object where nothing is to be changed
     */
    default ToolResult afterTool(InterceptedCall call, Json arguments, ToolResult result) throws Exception {
        return result;
    }

    /** Before a resource is read. {@link Verdict#passWith} has no meaning here and counts as a failure. */
    default Verdict<ResourceResult> beforeResource(InterceptedCall call) throws Exception {
        return Verdict.pass();
    }

    /** After a resource was read; as {@link #afterTool}. */
    default ResourceResult afterResource(InterceptedCall call, ResourceResult result) throws Exception {
        return result;
    }

    /** Before a prompt is filled in. */
    default Verdict<PromptResult> beforePrompt(InterceptedCall call, Json arguments) throws Exception {
        return Verdict.pass();
    }

    /** After a prompt was filled in; as {@link #afterTool}. */
    default PromptResult afterPrompt(InterceptedCall call, Json arguments, PromptResult result) throws Exception {
        return result;
    }

    /** Called once, when the last call that passed through has ended. Does nothing by default. */
    @Override
    default void close() {}
}
