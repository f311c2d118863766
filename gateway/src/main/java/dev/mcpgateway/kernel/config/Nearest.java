package dev.mcpgateway.kernel.config;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The word that was probably meant. */
final class Nearest {

    private Nearest() {}

    /** The known word at the smallest edit distance, if that is at most a third of its length, and 1 at least. */
    static Optional<String> of(String word, List<String> known) {
        String nearest = "";
        int least = Integer.MAX_VALUE;
        for (String each : known) {
            int distance = distance(word.toLowerCase(Locale.ROOT), each.toLowerCase(Locale.ROOT));
            if (distance < least) {
                least = distance;
                nearest = each;
            }
        }
        return least <= Math.max(1, nearest.length() / 3) ? Optional.of(nearest) : Optional.empty();
    }

    /** Levenshtein's: how many characters must be put in, taken out or changed. */
    private static int distance(String one, String other) {
        int[] above = new int[other.length() + 1];
        for (int j = 0; j <= other.length(); j++) {
            above[j] = j;
        }
        for (int i = 1; i <= one.length(); i++) {
            int[] row = new int[other.length() + 1];
            row[0] = i;
            for (int j = 1; j <= other.length(); j++) {
                int changed = above[j - 1] + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
                row[j] = Math.min(changed, 1 + Math.min(above[j], row[j - 1]));
            }
            above = row;
        }
        return above[other.length()];
    }
}
