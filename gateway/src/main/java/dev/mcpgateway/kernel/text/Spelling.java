// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.text;

import java.util.Collection;
import java.util.Locale;

/** What somebody may have meant by a word that is unknown. */
public final class Spelling {

    private Spelling() {}

    /**
     * What to put behind the word: the known one that is nearest, as a question; {@code ""} where none is near: half of its
     * letters, or two, may differ.
     */
    public static String question(String word, Collection<String> known) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String candidate : known) {
            int distance = distance(word.toLowerCase(Locale.ROOT), candidate.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = candidate;
            }
        }
        return least <= Math.max(2, word.length() / 2) ? " (did you mean '" + nearest + "'?)" : "";
    }

    /** Levenshtein's: insertions, deletions and replacements of a character. */
    private static int distance(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, 1 + Math.min(row[j], row[j - 1]));
            }
        }
        return row[b.length()];
    }
}
