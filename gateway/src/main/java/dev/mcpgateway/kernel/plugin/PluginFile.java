// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What became of one file in the plugin folder, or of a plugin that was loaded from it. There are two of them for one file
 * while a plugin that was loaded from it serves, or ends, and its newer content is on its way or was turned away.
 *
 * @param id its {@code Plugin-Id}, once that was read
 * @param version its {@code Plugin-Version}, likewise
 * @param code why it is not live, as {@code docs/errors.md} lists them; empty otherwise
 * @param reason one line that says what is wrong and what to do; of a live one what went wrong in it last; empty where
 *     nothing is or did
 * @param since when it came into this state
 * @param offers what a live one brings, e.g. {@code provider hello}; of one that was only inspected its provider types
 * @param calls how many calls it has not answered yet
 */
public record PluginFile(
        Path file,
        Optional<String> id,
        Optional<String> version,
        State state,
        String code,
        String reason,
        Instant since,
        List<String> offers,
        long calls) {

    /** What an offered provider type stands behind in {@link #offers()}. */
    public static final String TYPE = "type ";

    /** In {@link #offers()} of a file that was only inspected: which types it offers shows when it is started. */
    public static final String ANY_TYPE = "types that its manifest does not name";

    /** The stations of a jar's life. */
    public enum State {
        /** It lies there, and has not settled or been read yet. */
        SEEN,
        /** It passed every check that needs no class of it, and is about to start. */
        INSPECTED,
        /** Its offers are in use. */
        LIVE,
        /** Turned away: it is not fit to be loaded, or another one is in its place. */
        REFUSED,
        /** It was fit to be loaded, but could not be used. */
        FAILED,
        /** Not a jar, though someone may have meant it to be loaded. */
        IGNORED,
        /** It was live, gets no more calls and finishes those that it has. */
        DRAINING,
        /** It was live and has been stopped. */
        GONE,
        /** It was stopped, but its classes are still in memory. */
        LEAKED;

        /** Whether a file stays in this state until something is done about it. */
        boolean isSettled() {
            return this != SEEN && this != INSPECTED;
        }
    }

    static PluginFile seen(Path file) {
        return new PluginFile(
                file, Optional.empty(), Optional.empty(), State.SEEN, "", "", Instant.now(), List.of(), 0);
    }

    PluginFile introduced(String itsId, String itsVersion) {
        return new PluginFile(
                file, Optional.of(itsId), Optional.of(itsVersion), state, code, reason, since, offers, calls);
    }

    PluginFile in(State next, String why, String inWords) {
        return new PluginFile(file, id, version, next, why, inWords, Instant.now(), List.of(), 0);
    }

    PluginFile saying(String why, String inWords) {
        return new PluginFile(file, id, version, state, why, inWords, since, offers, calls);
    }

    PluginFile offering(List<String> what) {
        return new PluginFile(file, id, version, state, code, reason, since, what, calls);
    }

    PluginFile at(Path other) {
        return new PluginFile(other, id, version, state, code, reason, since, offers, calls);
    }

    /** The same with what is counted while it serves. */
    PluginFile now(long itsCalls, String lastFault) {
        return new PluginFile(
                file, id, version, state, code, reason.isEmpty() ? lastFault : reason, since, offers, itsCalls);
    }
}
