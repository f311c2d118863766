// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static java.lang.System.Logger.Level.WARNING;

import dev.mcpgateway.api.transport.ClientRequest;
import dev.mcpgateway.api.transport.RequestHead;
import dev.mcpgateway.api.transport.RequestHead.Verb;
import dev.mcpgateway.api.transport.TransportContext;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.BooleanSupplier;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.BufferUtil;
import org.eclipse.jetty.util.Callback;

/**
 * What happens to a request, in this order: path, Host and Origin, preflight, form of the body, then the gateway. All but the last is
 * done at once on the selector's thread; what the gateway does is on its own.
 */
final class FrontDoor extends Handler.Abstract.NonBlocking {

    private final TransportContext gateway;
    private final Settings settings;
    private final Limits limits;
    private final Hosts hosts;
    private final HealthPages health;
    private final Refusal notFound;
    private final System.Logger log;
    private final BooleanSupplier isDraining;

    FrontDoor(
            TransportContext gateway, Settings settings, Limits limits, System.Logger log, BooleanSupplier isDraining) {
        this.gateway = gateway;
        this.settings = settings;
        this.limits = limits;
        this.log = log;
        this.isDraining = isDraining;
        hosts = new Hosts(settings.allowedHosts(), settings.tls().isPresent());
        health = new HealthPages(gateway);
        notFound = Refusal.notFound(settings.path());
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        ClientEndPoint connection = connection(request);
        connection.beginRequest();
        Callback jetty = Callback.from(
                InvocationType.NON_BLOCKING,
                () -> {
                    connection.endRequest();
                    callback.succeeded();
                },
                cause -> {
                    connection.endRequest();
                    callback.failed(cause);
                });
        Optional<Refusal> refusal = refusal(request, connection);
        if (refusal.isPresent()) {
            refuse(request, response, refusal.get(), jetty);
            return true;
        }
        if (settings.cors()) {
            Cors.expose(request, response);
            if (Cors.isPreflight(request)) {
                Cors.permit(request, response);
                finish(request, response);
                response.setStatus(204);
                response.write(true, BufferUtil.EMPTY_BUFFER, jetty);
                return true;
            }
        }
        String path = path(request);
        if (!path.equals(settings.path())) {
            finish(request, response);
            health.answer(path, connection.peer(), request, response, jetty);
            return true;
        }
        Verb verb = Heads.verb(request);
        Optional<Refusal> bodyRefusal = verb == Verb.SEND ? bodyRefusal(request) : Optional.empty();
        if (bodyRefusal.isPresent()) {
            refuse(request, response, bodyRefusal.get(), jetty);
            return true;
        }
        pass(verb, request, response, callback, connection);
        return true;
    }

    private Optional<Refusal> refusal(Request request, ClientEndPoint connection) {
        HttpFields fields = request.getHeaders();
        if (fields.size() > Limits.HEADER_FIELDS) {
            return Optional.of(Refusal.HEAD_TOO_LARGE);
        }
        String path = path(request);
        boolean isHealth = path.equals(HealthPages.LIVE) || path.equals(HealthPages.READY);
        if (!isHealth && !path.equals(settings.path())) {
            return Optional.of(notFound);
        }
        if (!isHealth && !hosts.admit(fields.getValuesList("Host"), connection.listenerPort())) {
            return Optional.of(Refusal.HOST);
        }
        if (!Origin.admit(fields.getValuesList("Origin"), settings.allowedOrigins())) {
            return Optional.of(Refusal.ORIGIN);
        }
        return Optional.empty();
    }

    private Optional<Refusal> bodyRefusal(Request request) {
        HttpFields fields = request.getHeaders();
        if (!ContentRules.isJson(fields.getValuesList("Content-Type"))) {
            return Optional.of(Refusal.CONTENT_TYPE);
        }
        if (!ContentRules.isPlain(fields.getValuesList("Content-Encoding"))) {
            return Optional.of(Refusal.CONTENT_ENCODING);
        }
        if (request.getLength() > gateway.messageLimit()) {
            return Optional.of(Refusal.TOO_LARGE);
        }
        return Optional.empty();
    }

    /** As it was sent: what two programs may read in two ways is nothing that is served. */
    private static String path(Request request) {
        return Objects.requireNonNullElse(request.getHttpURI().getPath(), "");
    }

    private void refuse(Request request, Response response, Refusal refusal, Callback jetty) {
        finish(request, response);
        Answers.refuse(response, refusal, jetty);
    }

    /** Says that the connection ends where it does: nobody reads a body that was not asked for. */
    private void finish(Request request, Response response) {
        if (Heads.announcesBody(request) || isDraining.getAsBoolean()) {
            response.getHeaders().put(Answers.CLOSE);
        }
    }

    private void pass(Verb verb, Request request, Response response, Callback callback, ClientEndPoint connection) {
        HttpFields fields = request.getHeaders();
        boolean takesStream = (verb == Verb.SEND || verb == Verb.LISTEN) && ContentRules.takesStream(accept(fields));
        Exchange exchange = new Exchange(
                response, callback, connection, limits, isDraining, takesStream, Heads.announcesBody(request));
        connection.begin(exchange);
        if (verb != Verb.SEND && !Heads.announcesBody(request)) {
            exchange.watch();
        }
        RequestHead head = Heads.head(verb, connection.peer(), fields);
        try {
            gateway.executor().execute(() -> ask(head, request, exchange, connection));
        } catch (RejectedExecutionException e) {
            exchange.refuse(Refusal.NO_ROOM);
        }
    }

    private static List<String> accept(HttpFields fields) {
        return fields.getValuesList("Accept");
    }

    private void ask(RequestHead head, Request request, Exchange exchange, ClientEndPoint connection) {
        Thread asking = Thread.currentThread();
        try {
            gateway.handler().begin(head, exchange).whenComplete((client, failure) -> {
                if (failure != null) {
                    fail(exchange, failure);
                } else if (client.isPresent()) {
                    Runnable next = () -> read(head.verb(), client.get(), request, exchange, connection);
                    if (Thread.currentThread() == asking) {
                        next.run();
                    } else {
                        gateway.executor().execute(next); // a thread of somebody else's is not to be kept
                    }
                }
            });
        } catch (RuntimeException e) { // against its word; the client is not to wait for ever
            fail(exchange, e);
        }
    }

    private void fail(Exchange exchange, Throwable failure) {
        log.log(WARNING, "a request could not be taken", failure);
        exchange.refuse(Refusal.FAULT);
    }

    private void read(Verb verb, ClientRequest client, Request request, Exchange exchange, ClientEndPoint connection) {
        if (exchange.letIn(client) && verb == Verb.SEND) {
            new BodyReader(request, exchange, client, connection, gateway.messageLimit(), gateway.executor()).begin();
        }
    }

    private static ClientEndPoint connection(Request request) {
        EndPoint endPoint = request.getConnectionMetaData().getConnection().getEndPoint();
        if (endPoint instanceof SslConnection.SslEndPoint encrypted) {
            endPoint = encrypted.getSslConnection().getEndPoint();
        }
        return (ClientEndPoint) endPoint;
    }
}
