// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.json;

import dev.mcpgateway.kernel.json.JsonFault.Kind;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/** Well-formed UTF-8 (RFC 3629), which Jackson's decoder does not insist on: it lets overlong forms through. */
final class Utf8 {

    private Utf8() {}

    static void check(byte[] text, int from, int to) throws JsonFault {
        int seen = 0;
        for (int i = from; i < to; i++) { // nearly every text is ASCII, and this loop is vectorised
            seen |= text[i];
        }
        if (seen < 0) {
            decode(text, from, to);
        }
    }

    private static void decode(byte[] text, int from, int to) throws JsonFault {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        ByteBuffer in = ByteBuffer.wrap(text, from, to - from);
        CharBuffer out = CharBuffer.allocate(Math.min(to - from, 8_192) + 2);
        CoderResult result;
        do {
            out.clear();
            result = decoder.decode(in, out, true);
        } while (result.isOverflow());
        if (result.isError()) {
            throw new JsonFault(Kind.SYNTAX, "Parse error at byte " + (in.position() - from) + ": not UTF-8");
        }
    }
}
