// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.cli;

import dev.mcpgateway.api.Content;
import dev.mcpgateway.api.ResourceContents;
import dev.mcpgateway.kernel.call.Calls;
import dev.mcpgateway.kernel.call.Outcome;
import dev.mcpgateway.kernel.json.JsonFault;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.request.RequestContext;
import dev.mcpgateway.kernel.text.PlainText;
import dev.mcpgateway.kernel.thread.Deadlines;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** {@code call NAME [JSON]}. */
final class OneCall {

    private static final int DEPTH = 72; // the call itself says what is too deep

    private OneCall() {}

    /** @return the exit code: 1 where the call was refused or failed */
    static int run(Calls calls, Deadlines deadlines, String name, String arguments, PrintStream out, PrintStream err) {
        byte[] text = arguments.getBytes(StandardCharsets.UTF_8);
        JsonValue json;
        try {
            json = JsonValue.parse(text, 0, text.length, DEPTH);
        } catch (JsonFault fault) {
            err.println("the arguments are not usable JSON: " + fault.text());
            return Exit.REFUSED;
        }
        CompletableFuture<Outcome> outcome = new CompletableFuture<>();
        RequestContext context = RequestContext.arrived(deadlines, System.nanoTime());
        context.arm();
        calls.call(name, json, context, outcome::complete);
        return switch (outcome.join()) { // within the call's own deadline
            case Outcome.Answered answered -> {
                boolean isTerminal =
                        Boolean.getBoolean(answered.isError() ? "mcpgateway.onTerminal" : "mcpgateway.toTerminal");
                print(answered, answered.isError() ? err : out, isTerminal);
                yield answered.isError() ? Exit.REFUSED : Exit.OK;
            }
            case Outcome.Failed failed -> refused(failed.reason(), err);
            case Outcome.Unserved unserved -> refused("not serving: " + unserved.reason(), err);
            case Outcome.Refused refused -> refused(refused.reason(), err);
            case Outcome.Broken broken -> refused("internal error, ref " + broken.reference(), err);
            case Outcome.Cancelled cancelled -> refused("cancelled", err);
            case Outcome.NotFound notFound -> refused(notFound.reason(), err);
            case Outcome.Read read -> throw new IllegalStateException("no answer of a tool: " + read);
            case Outcome.Filled filled -> throw new IllegalStateException("no answer of a tool: " + filled);
        };
    }

    private static int refused(String reason, PrintStream err) {
        err.println(reason);
        return Exit.REFUSED;
    }

    private static void print(Outcome.Answered answered, PrintStream to, boolean isTerminal) {
        if (answered.content().isEmpty()) {
            answered.json().ifPresent(json -> to.println(shown(json.toString(), isTerminal)));
        }
        for (Content block : answered.content()) {
            String written = switch (block) {
                case Content.Text text -> text.text();
                case Content.Image image ->
                    media("image", image.mimeType(), image.data().remaining());
                case Content.Audio audio ->
                    media("audio", audio.mimeType(), audio.data().remaining());
                case Content.ResourceLink link -> link.uri();
                case Content.EmbeddedResource embedded ->
                    switch (embedded.resource()) {
                        case ResourceContents.Text text -> text.text();
                        case ResourceContents.Blob blob ->
                            media("resource", blob.mimeType(), blob.data().remaining());
                        default ->
                            throw new IllegalStateException("unknown kind of content: "
                                    + embedded.resource().getClass());
                    };
                default -> throw new IllegalStateException("unknown kind of content: " + block.getClass());
            };
            to.println(shown(written, isTerminal));
        }
    }

    /** A terminal obeys what is in a text: then nothing of it but lines and tabs is left. */
    private static String shown(String text, boolean isTerminal) {
        return isTerminal ? PlainText.lines(text) : text;
    }

    private static String media(String what, String mimeType, int bytes) {
        return "[" + what + ", " + mimeType + ", " + bytes + " bytes]";
    }
}
