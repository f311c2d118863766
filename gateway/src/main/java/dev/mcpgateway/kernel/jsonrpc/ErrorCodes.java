// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.jsonrpc;

/** The codes of errors that JSON-RPC itself knows (JSON-RPC 2.0, section 5.1). */
public final class ErrorCodes {

    /** It is not JSON. */
    public static final int PARSE_ERROR = -32700;
    /** It is JSON, and no request, or none that may be made now. */
    public static final int INVALID_REQUEST = -32600;

    public static final int METHOD_NOT_FOUND = -32601;
    public static final int INVALID_PARAMS = -32602;
    public static final int INTERNAL_ERROR = -32603;

    private ErrorCodes() {}
}
