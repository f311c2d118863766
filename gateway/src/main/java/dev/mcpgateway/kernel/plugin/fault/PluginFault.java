// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.plugin.fault;

import dev.mcpgateway.kernel.text.PlainText;
import java.util.Optional;

/**
 * Why a jar does not get any further. The reason is one line of plain text without the file's name: what, which
 * versions, what to do. It keeps no reference to anything of the plugin.
 */
public final class PluginFault extends Exception {

    private static final long serialVersionUID = 1L;

    private static final int REASON_BYTES = 1_000;

    private final Code code;
    private final String reason;
    private final String holder;

    public PluginFault(Code code, String reason) {
        this(code, reason, "");
    }

    private PluginFault(Code code, String reason, String holder) {
        super(reason, null, false, false); // an expected outcome: no stack trace
        this.code = code;
        this.reason = PlainText.oneLine(reason, REASON_BYTES);
        this.holder = holder;
    }

    /** @param holder id of the plugin that has the name; empty where the configuration has it */
    public static PluginFault nameTaken(String reason, Optional<String> holder) {
        return new PluginFault(Code.NAME_TAKEN, reason, holder.orElse(""));
    }

    /** The plugin that has the name it wants; empty where the configuration has, or it is not about a name. */
    public Optional<String> holder() {
        return holder.isEmpty() ? Optional.empty() : Optional.of(holder);
    }

    public Code code() {
        return code;
    }

    public String reason() {
        return reason;
    }

    /** Stable: operators count them, {@code docs/errors.md} explains them. */
    public enum Code {
        // the file
        NOT_A_FILE,
        LINK_LEAVES_FOLDER,
        WRITABLE_BY_ALL,
        TOO_MANY_FILES,
        STILL_CHANGING,
        EMPTY,
        NOT_A_ZIP,
        DAMAGED,
        UNSAFE_ENTRY,
        TOO_LARGE,
        UNREADABLE,
        STAGING_FAILED,
        NOT_ALLOWED,
        // what it says of itself
        MANIFEST_MISSING,
        MANIFEST_KEY_MISSING,
        MANIFEST_KEY_INVALID,
        API_VERSION,
        API_BUNDLED,
        JAVA_TOO_OLD,
        CLASS_MISSING,
        SIGNATURE,
        DUPLICATE_ID,
        DUPLICATE_FILE,
        LOWER_VERSION,
        // what others have already
        NAME_TAKEN,
        // its settings
        SETTINGS_UNKNOWN(Outcome.FAILED),
        SETTINGS_INVALID(Outcome.FAILED),
        SETTINGS_SCHEMA(Outcome.FAILED),
        // its start
        NOT_A_PLUGIN(Outcome.FAILED),
        NO_CONSTRUCTOR(Outcome.FAILED),
        DEPENDENCY_MISSING(Outcome.FAILED),
        BROKEN_CLASSES(Outcome.FAILED),
        NATIVE_LIBRARY(Outcome.FAILED),
        START_THREW(Outcome.FAILED),
        START_TIMEOUT(Outcome.FAILED),
        OFFER_INVALID(Outcome.FAILED),
        OPEN_FAILED(Outcome.FAILED),
        TAKEOVER_FAILED(Outcome.FAILED),
        GATEWAY_BUG(Outcome.FAILED);

        private final Outcome outcome;

        Code() {
            this(Outcome.REFUSED);
        }

        Code(Outcome outcome) {
            this.outcome = outcome;
        }

        public Outcome outcome() {
            return outcome;
        }
    }

    /** Where a jar's life ended. */
    public enum Outcome {
        /** Turned away: it is not fit to be loaded, or another one is in its place. */
        REFUSED,
        /** Fit to be loaded, but it could not be used. */
        FAILED
    }
}
