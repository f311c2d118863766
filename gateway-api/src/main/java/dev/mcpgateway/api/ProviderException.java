// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

/**
 * A call that a provider could not carry out. Code and message reach the client as {@code provider 'NAME' …}, cut to 2
 * KiB and without control characters: write them for a person, without secrets.
 */
public final class ProviderException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Code code;

    /** Why, in the terms of the provider contract; the names are those of gRPC's status codes. More may come: switch with a default. */
    public enum Code {
        /** The arguments cannot be used, though they conform to the schema. */
        INVALID_ARGUMENT,
        /** No such tool, resource or prompt. */
        NOT_FOUND,
        /** The caller may not do this. */
        PERMISSION_DENIED,
        /** Not this call, but more of them, or larger ones, than the provider can take. */
        RESOURCE_EXHAUSTED,
        /** The provider does not implement this part of its contract. */
        UNIMPLEMENTED,
        /** The provider cannot be reached for now. */
        UNAVAILABLE,
        /** The provider itself ran out of time. */
        DEADLINE_EXCEEDED,
        /** What the provider answered cannot be used. */
        DATA_LOSS,
        /** A fault in the provider. */
        INTERNAL
    }

    /** Without a stack trace: it is an answer, not a bug, and may be given a thousand times a second. */
    public ProviderException(Code code, String message) {
        super(message, null, false, false);
        this.code = code;
    }

    public ProviderException(Code code, String message, Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Never null, unlike in other exceptions. */
    @Override
    public String getMessage() {
        String message = super.getMessage();
        return message == null ? "" : message;
    }
}
