// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.config;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** The bytes of the file, and that they are text. */
final class SourceFile {

    static final int MAX_BYTES = 1024 * 1024;

    private SourceFile() {}

    /** What is in it; nothing where a problem was found. */
    static byte[] read(Path file, Problems problems) {
        try {
            if (!Files.exists(file)) {
                return refuse(
                        "does not exist; name the configuration with --config FILE or MCP_GATEWAY_CONFIG", problems);
            }
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            if (attributes.isDirectory()) {
                return refuse("is a folder; name the file in it", problems);
            }
            if (!attributes.isRegularFile()) {
                return refuse("is not a regular file", problems);
            }
            try (InputStream in = Files.newInputStream(file)) {
                byte[] bytes = in.readNBytes(MAX_BYTES + 1);
                return bytes.length > MAX_BYTES ? refuse("has more than " + MAX_BYTES + " bytes", problems) : bytes;
            }
        } catch (AccessDeniedException e) {
            return refuse("cannot be read: permission denied", problems);
        } catch (IOException e) {
            return refuse("cannot be read", problems);
        }
    }

    private static byte[] refuse(String problem, Problems problems) {
        problems.add(SourceLocation.FILE, problem);
        return new byte[0];
    }

    /** The text, without a byte order mark; {@code ""} where a problem was found. */
    static String text(byte[] bytes, Problems problems) {
        if (isUtf16(bytes)) {
            problems.add(new SourceLocation(1, 1), "is UTF-16; save it as UTF-8");
            return "";
        }
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        try {
            String text = decoder.decode(ByteBuffer.wrap(bytes)).toString();
            return text.startsWith("\uFEFF") ? text.substring(1) : text;
        } catch (CharacterCodingException e) {
            problems.add(firstBadByte(bytes), "is not UTF-8 from here on; save it as UTF-8");
            return "";
        }
    }

    private static boolean isUtf16(byte[] bytes) {
        if (bytes.length < 2) {
            return false;
        }
        int first = bytes[0] & 0xFF;
        int second = bytes[1] & 0xFF;
        return first == 0xFE && second == 0xFF || first == 0xFF && second == 0xFE || (first == 0) != (second == 0);
    }

    private static SourceLocation firstBadByte(byte[] bytes) {
        String replaced = new String(bytes, StandardCharsets.UTF_8);
        int bad = replaced.indexOf('\uFFFD'); // or one that was in the file before it, which is good enough to look at
        String before = replaced.substring(0, Math.max(0, bad));
        int line = 1 + (int) before.chars().filter(c -> c == '\n').count();
        return new SourceLocation(line, before.length() - before.lastIndexOf('\n'));
    }
}
