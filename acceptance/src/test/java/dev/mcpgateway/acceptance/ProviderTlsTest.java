// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance;

import static dev.mcpgateway.acceptance.kit.HostileProvider.echo;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.acceptance.kit.Client;
import dev.mcpgateway.acceptance.kit.Gateway;
import dev.mcpgateway.acceptance.kit.HostileProvider;
import dev.mcpgateway.acceptance.kit.Installation;
import dev.mcpgateway.acceptance.kit.Load;
import dev.mcpgateway.acceptance.kit.Reply;
import dev.mcpgateway.acceptance.kit.TestBesideOthers;
import dev.mcpgateway.testing.Authority;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A provider over mutual TLS, as an operator sets it up. */
class ProviderTlsTest {

    private static final String MUTUAL = "tls: {ca: ca.pem, certificate: gw.pem, key: gw-key.pem}";
    private static final Duration SOON = Duration.ofSeconds(15);

    private final Authority authority = new Authority("acceptance-ca");

    @Test
    void a_certificate_that_is_replaced_under_load_costs_no_call() throws IOException {
        try (HostileProvider provider = provider();
                Installation installation = Installation.create().grpc("safe", entry(provider), MUTUAL)) {
            write(installation);
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.awaitExactly("safe.echo.v1");
                try (Load load = Load.begin(client, 4, "safe.echo.v1", "{}")) {
                    for (int round = 0; round < 2; round++) {
                        long before = load.succeeded();
                        await().atMost(SOON).until(() -> load.succeeded() > before + 50);
                        int times = round + 1;
                        writeOwn(installation);
                        await().atMost(SOON)
                                .until(() -> gateway.log()
                                                .lines("message", "TLS: changed files are in force")
                                                .size()
                                        == times);
                        long after = load.succeeded();
                        await().atMost(SOON).until(() -> load.succeeded() > after + 50);
                    }
                    assertThat(load.failures()).isEmpty();
                }
            }
        }
    }

    @TestBesideOthers
    void a_provider_that_is_no_longer_trusted_is_not_called_and_comes_back_with_its_authority() throws IOException {
        try (HostileProvider provider = provider();
                Installation installation =
                        Installation.create().grpc("safe", entry(provider), "timeout: 20s", MUTUAL)) {
            write(installation);
            try (Gateway gateway = installation.start()) {
                Client client = gateway.client();
                client.initialize();
                client.awaitExactly("safe.echo.v1");
                assertThat(client.call("safe.echo.v1", "{}").isError()).isFalse();

                new Authority("other-ca").certificateIn(ca(installation));
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(client.toolNames()).isEmpty());
                int received = provider.received();
                Reply refused = client.call("safe.echo.v1", "{}");
                assertThat(refused.isError()).isTrue();
                assertThat(refused.text())
                        .startsWith("provider 'safe' is unavailable: TLS: its certificate was issued by"
                                + " 'CN=acceptance-ca', which is not among those in ");
                assertThat(provider.received()).isEqualTo(received);
                assertThat(installation.run("list").stdout()).contains("TLS: its certificate was issued by");

                authority.certificateIn(ca(installation));
                client.awaitExactly("safe.echo.v1");
                assertThat(client.call("safe.echo.v1", "{}").isError()).isFalse();
            }
        }
    }

    /** One that insists on a certificate of the same authority. */
    private HostileProvider provider() throws IOException {
        return HostileProvider.startWithTls(authority.forLocalhost().serverFor(authority))
                .tool("echo.v1", echo());
    }

    private void write(Installation installation) throws IOException {
        authority.certificateIn(ca(installation));
        writeOwn(installation);
    }

    /** A new certificate for the gateway, and its key. */
    private void writeOwn(Installation installation) throws IOException {
        Authority.Issued own = authority.issue("gateway", "EC");
        own.certificateIn(installation.folder().resolve("gw.pem"));
        own.keyIn(installation.folder().resolve("gw-key.pem"));
    }

    private static Path ca(Installation installation) {
        return installation.folder().resolve("ca.pem");
    }

    private static String entry(HostileProvider provider) {
        return provider.entry().replace("127.0.0.1", "localhost");
    }
}
