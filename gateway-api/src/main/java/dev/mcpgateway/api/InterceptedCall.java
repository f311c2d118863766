// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api;

/** A call as interceptors and observers see it. Thread-safe; the gateway may add to it. */
public interface InterceptedCall extends CallContext {

    /** What is called. */
    Kind kind();

    /** The provider that is asked first; others may be asked after it where several have a resource or prompt. */
    String provider();

    /** The canonical name of the tool, e.g. {@code hello.echo.v1}, or of the prompt; of a resource the URI that was asked for. */
    String capability();

    /** More may come: switch with a default. */
    enum Kind {
        TOOL,
        RESOURCE,
        PROMPT
    }
}
