package dev.mcpgateway.kernel.plugin;

import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;

/**
 * What became of one file in the plugin folder.
 *
 * @param id its {@code Plugin-Id}, once that was read
 * @param version its {@code Plugin-Version}, likewise
 * @param code why it is not live, as {@code docs/errors.md} lists them; empty otherwise
 * @param reason one line that says what is wrong and what to do; empty where nothing is
 * @param since when it came into this state
 */
public record PluginFile(
        Path file,
        Optional<String> id,
        Optional<String> version,
        State state,
        String code,
        String reason,
        Instant since) {

    /** The stations of a jar's life. */
    public enum State {
        /** It lies there. */
        SEEN,
        /** It passed every check that needs no class of it, and is about to start. */
        INSPECTED,
        /** Its offers are in use. */
        LIVE,
        /** Turned away before anything of it ran. */
        REFUSED,
        /** It was fit to be loaded, but did not start. */
        FAILED,
        /** Not a jar, though someone may have meant it to be loaded. */
        IGNORED,
        /** It was live and has been stopped. */
        GONE;

        /** Whether a file stays in this state until something is done about it. */
        boolean isSettled() {
            return this != SEEN && this != INSPECTED;
        }
    }

    static PluginFile seen(Path file) {
        return new PluginFile(file, Optional.empty(), Optional.empty(), State.SEEN, "", "", Instant.now());
    }

    PluginFile introduced(String itsId, String itsVersion) {
        return new PluginFile(file, Optional.of(itsId), Optional.of(itsVersion), state, code, reason, since);
    }

    PluginFile in(State next, String why, String inWords) {
        return new PluginFile(file, id, version, next, why, inWords, Instant.now());
    }
}
