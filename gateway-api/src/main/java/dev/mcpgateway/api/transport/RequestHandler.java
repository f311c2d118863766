// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.api.transport;

import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Answers the requests of clients: the gateway, as a transport sees it. Thread-safe. */
@FunctionalInterface
public interface RequestHandler {

    /**
     * A request has come. Nothing of its body is to be read before the stage has completed.
     *
     * @param reply where the answer goes; it is used from any thread, also before this returns
     * @return completes with where the body goes, and what happens to the connection; with nothing where the request has been
     *     answered already. It never fails
     */
    CompletionStage<Optional<ClientRequest>> begin(RequestHead head, Reply reply);
}
