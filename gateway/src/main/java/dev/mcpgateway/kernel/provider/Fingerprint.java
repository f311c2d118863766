// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.Tool;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * All of what a provider lists, conforming or not, in 32 bytes (SHA-256): two that are equal say the same, to the byte.
 * The list itself is as large as a message may be, and is not kept for a comparison.
 */
record Fingerprint(String hex) {

    static Fingerprint of(Capabilities capabilities) {
        Writer writer = new Writer();
        writer.text(capabilities.version());
        writer.number(capabilities.tools().size());
        for (Tool tool : capabilities.tools()) {
            writer.text(tool.name());
            writer.text(tool.title());
            writer.text(tool.description());
            writer.text(tool.annotations().toString());
            writer.json(tool.inputSchema());
            writer.number(tool.outputSchema().isPresent() ? 1 : 0);
            tool.outputSchema().ifPresent(writer::json);
        }
        writer.number(capabilities.resources().size());
        for (Resource resource : capabilities.resources()) {
            writer.text(resource.name());
            writer.text(resource.uri());
            writer.text(resource.uriTemplate());
            writer.text(resource.description());
            writer.text(resource.mimeType());
        }
        writer.number(capabilities.prompts().size());
        for (Prompt prompt : capabilities.prompts()) {
            writer.text(prompt.name());
            writer.text(prompt.title());
            writer.text(prompt.description());
            writer.json(prompt.argumentsSchema());
        }
        return new Fingerprint(HexFormat.of().formatHex(writer.digest.digest()));
    }

    /** Each part with its length in front, so that none runs into the next. */
    private static final class Writer {

        private final MessageDigest digest;

        Writer() {
            try {
                digest = MessageDigest.getInstance("SHA-256");
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e); // every Java platform has it
            }
        }

        void number(int number) {
            digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
        }

        void text(String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(utf8.length);
            digest.update(utf8);
        }

        void json(Json json) {
            ByteBuffer utf8 = json.utf8().duplicate();
            number(utf8.remaining());
            digest.update(utf8);
        }
    }
}
