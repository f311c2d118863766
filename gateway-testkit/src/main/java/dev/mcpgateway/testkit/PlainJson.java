// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.testkit;

import dev.mcpgateway.api.Json;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** A part of a message that was parsed. Two are equal when their values are. */
record PlainJson(Object value) implements Json {

    @Override
    public ByteBuffer utf8() {
        return Json.of(value).utf8();
    }

    /** The text; for people. */
    @Override
    public String toString() {
        return StandardCharsets.UTF_8.decode(utf8()).toString();
    }
}
