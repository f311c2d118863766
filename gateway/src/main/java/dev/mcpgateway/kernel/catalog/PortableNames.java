// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.catalog;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Names for clients that refuse dots and more than 64 characters: dots become underscores; where that is too long or
 * equals another's, the name is cut to 57 and ends in {@code _} and the first 6 hex digits of the SHA-256 of the name.
 */
final class PortableNames {

    private static final int LENGTH = 64;
    private static final int KEPT = 57;
    private static final int DIGITS = 6;

    private final Map<String, Integer> uses = new HashMap<>();

    /** @param names all that are listed together */
    PortableNames(List<String> names) {
        for (String name : names) {
            uses.merge(underscored(name), 1, Integer::sum);
        }
    }

    String of(String name) {
        String portable = underscored(name);
        if (portable.length() <= LENGTH && uses.getOrDefault(portable, 0) <= 1) {
            return portable;
        }
        return portable.substring(0, Math.min(KEPT, portable.length())) + "_" + digits(name);
    }

    private static String underscored(String name) {
        return name.replace('.', '_');
    }

    private static String digits(String name) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(name.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(hash).substring(0, DIGITS);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e); // every Java platform has it
        }
    }
}
