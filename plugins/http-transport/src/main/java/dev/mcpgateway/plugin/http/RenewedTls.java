// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/**
 * TLS by files that may change while they are used: new connections are made with what they hold then, those that are open stay.
 * While they cannot be used, what they held before is. Used by one thread at a time.
 */
final class RenewedTls {

    private final TlsFiles files;
    private final System.Logger log;
    private final SslContextFactory.Server factory = new SslContextFactory.Server();
    private List<Object> seen = List.of();

    RenewedTls(TlsFiles files, System.Logger log) {
        this.files = files;
        this.log = log;
        factory.setIncludeProtocols("TLSv1.3", "TLSv1.2");
        factory.setNeedClientAuth(files.clientCa().isPresent());
        factory.setRenegotiationAllowed(false);
    }

    /** @param next the protocol inside */
    SslConnectionFactory factory(String next) {
        return new SslConnectionFactory(factory, next);
    }

    /** The first time: files that cannot be used are a reason not to start. */
    void load() throws IOException, GeneralSecurityException {
        seen = marks();
        factory.setSslContext(files.read());
    }

    /** Reads them again where they have changed. */
    void renew() {
        List<Object> now = marks();
        if (now.equals(seen)) {
            return;
        }
        seen = now;
        try {
            var context = files.read();
            factory.reload(self -> self.setSslContext(context));
            log.log(INFO, "new connections are made with the new files of tls");
        } catch (Exception e) { // Jetty throws what it likes; nothing of it may end the renewal
            log.log(WARNING, "the changed files of tls cannot be used, the old ones still are: " + e.getMessage());
        }
    }

    private List<Object> marks() {
        List<Object> marks = new ArrayList<>();
        for (Path each : files.all()) {
            try {
                BasicFileAttributes attributes = Files.readAttributes(each, BasicFileAttributes.class);
                marks.add(List.of(attributes.lastModifiedTime(), attributes.size()));
            } catch (IOException e) {
                marks.add("missing");
            }
        }
        return marks;
    }
}
