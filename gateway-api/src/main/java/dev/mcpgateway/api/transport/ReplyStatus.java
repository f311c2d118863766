// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

/** What has become of a request, whatever the transport calls it. Grows: what is not known is to be treated as {@link #FAILED}. */
public enum ReplyStatus {
    /** Here is the answer; it may say that the call has failed. */
    OK,
    /** Taken; there is no answer to it. */
    ACCEPTED,
    /** It cannot be understood. */
    INVALID,
    /** Whoever asks may not. */
    FORBIDDEN,
    /** There is no such session, or no more. */
    UNKNOWN_SESSION,
    /** That cannot be asked here. */
    NOT_ALLOWED,
    /** It has more bytes than a message may have. */
    TOO_LARGE,
    /** Not now: there is no room for it. It may be tried again. */
    UNAVAILABLE,
    /** A fault of the gateway's. */
    FAILED
}
