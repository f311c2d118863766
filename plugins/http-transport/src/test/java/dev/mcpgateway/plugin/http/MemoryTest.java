// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.mcpgateway.api.GatewayPlugin;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.slf4j.nop.NOPServiceProvider;

/** A version that has been closed leaves nothing behind, also not on threads of the gateway's that have run its code. */
class MemoryTest {

    /** Sees what the gateway shows to plugins, and nothing else of the test's class path. */
    private static final class Api extends ClassLoader {

        private Api() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("dev.mcpgateway.api.")) {
                return Class.forName(name, false, MemoryTest.class.getClassLoader());
            }
            throw new ClassNotFoundException(name);
        }
    }

    private static URLClassLoader loader() {
        URL[] places = Stream.of(
                        HttpTransportPlugin.class,
                        Server.class,
                        HttpField.class,
                        EndPoint.class,
                        Callback.class,
                        LoggerFactory.class,
                        NOPServiceProvider.class)
                .map(each -> each.getProtectionDomain().getCodeSource().getLocation())
                .toArray(URL[]::new);
        return new URLClassLoader(places, new Api());
    }

    @Test
    void a_closed_transport_is_forgotten() throws Exception {
        FakeGateway[] gateway = new FakeGateway[1];
        WeakReference<ClassLoader> loader = serveOnce(gateway);
        Door.until(() -> {
            System.gc();
            return loader.refersTo(null);
        });
        gateway[0].close();
    }

    private static WeakReference<ClassLoader> serveOnce(FakeGateway[] kept) throws Exception {
        try (URLClassLoader loader = loader()) {
            WeakReference<ClassLoader> remembered = new WeakReference<>(loader);
            GatewayPlugin plugin = (GatewayPlugin) loader.loadClass(HttpTransportPlugin.class.getName())
                    .getDeclaredConstructor()
                    .newInstance();
            assertThat(plugin.getClass()).isNotEqualTo(HttpTransportPlugin.class);
            Door door = new Door((context, gateway) ->
                    plugin.clientTransports(context).getFirst().opener().open(gateway));
            try (Peer calling = new Peer(door);
                    Peer listening = new Peer(door)) {
                assertThat(calling.ask(calling.post("", "{}")).status()).isEqualTo(200);
                door.gateway.whenBegun =
                        taken -> taken.reply.stream(Map.of()).orElseThrow().send(FakeGateway.utf8("[1]"));
                listening.send(listening.request("GET", "/mcp", "", ""));
                listening.head();
                listening.event();
            }
            stop(door);
            kept[0] = door.gateway;
            return remembered;
        }
    }

    /** The gateway's threads go on. */
    private static void stop(Door door) throws IOException {
        door.transport.close();
        door.stopListening();
        door.gateway.taken.clear();
        door.gateway.whenBegun = taken -> {};
    }
}
