// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.plugin.grpc;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.mcpgateway.api.GatewayPlugin;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Provider;
import dev.mcpgateway.api.ProviderType;
import dev.mcpgateway.plugin.grpc.fake.FakeConfig;
import dev.mcpgateway.plugin.grpc.fake.FakePluginContext;
import dev.mcpgateway.plugin.grpc.fake.FakeProviderContext;
import dev.mcpgateway.testing.Authority;
import dev.mcpgateway.testing.Authority.Issued;
import dev.mcpgateway.testing.FakeCall;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.jar.JarFile;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar as it is dropped, seen by nothing but the API: what was left out of it was not needed. */
class JarIT {

    private static final Path JAR = Path.of(requireNonNull(System.getProperty("plugin.jar"), "plugin.jar"));

    @TempDir
    Path folder;

    @Test
    void the_jar_alone_calls_over_TCP_Unix_sockets_and_TLS_and_is_collected_when_closed() throws Exception {
        Authority authority = new Authority("gateway-test-ca");
        Issued own = authority.issue("gateway", "EC");
        Path ca = authority.certificateIn(folder.resolve("ca.pem"));
        Path certificate = own.certificateIn(folder.resolve("gw.pem"));
        Path key = own.keyIn(folder.resolve("gw-key.pem"));
        SslContext mutual = authority.forLocalhost().serverFor(authority);
        try (TestServer tcp = TestServer.start(new TestService());
                TestServer unix = TestServer.startOnUnixSocket(folder.resolve("0.sock"), new TestService());
                TestServer tls = TestServer.startWith(builder -> builder.sslContext(mutual), new TestService())) {
            // gRPC leaves thread-locals on whoever calls it: this thread ends.
            WeakReference<ClassLoader> loader = onAThreadOfItsOwn(() ->
                    use(List.of(tcp, unix), tls, FakeConfig.at(tls.address()).withTls(ca, certificate, key)));
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                System.gc();
                return loader.get() == null;
            });
        }
    }

    @Test
    void the_jar_is_stored_and_carries_neither_the_API_nor_foreign_native_libraries() throws Exception {
        try (JarFile jar = new JarFile(JAR.toFile())) {
            assertThat(jar.stream()).allMatch(entry -> entry.getMethod() == ZipEntry.STORED);
            assertThat(jar.stream().map(ZipEntry::getName))
                    .noneMatch(name -> name.startsWith("dev/mcpgateway/api/"))
                    .noneMatch(name -> name.startsWith("org/jspecify/"))
                    .noneMatch(name -> name.startsWith("com/google/errorprone/"))
                    .noneMatch(name -> name.contains("tcnative") && name.endsWith(".so"))
                    .noneMatch(name -> name.endsWith(".dll") || name.endsWith(".jnilib"));
        }
    }

    private static WeakReference<ClassLoader> use(List<TestServer> plain, TestServer withTls, FakeConfig tls)
            throws Exception {
        try (Observed loader = new Observed();
                JarFile jar = new JarFile(JAR.toFile());
                FakePluginContext context = new FakePluginContext()) {
            String name = jar.getManifest().getMainAttributes().getValue("Plugin-Class");
            try (GatewayPlugin plugin =
                    (GatewayPlugin) loader.loadClass(name).getConstructor().newInstance()) {
                assertThat(plugin.getClass().getClassLoader()).isSameAs(loader);
                ProviderType type = plugin.providerTypes(context).getFirst();
                for (TestServer server : plain) {
                    use(type, server, FakeConfig.at(server.address()));
                }
                assertThat(loader.hasLoaded("dev.mcpgateway.plugin.grpc.tls.Tls"))
                        .isFalse();
                assertThat(loader.hasLoaded(SslContext.class.getName())).isFalse();
                use(type, withTls, tls);
                assertThat(loader.hasLoaded("dev.mcpgateway.plugin.grpc.tls.Tls"))
                        .isTrue();
            }
            assertThat(context.threads()).isNotEmpty();
            await().untilAsserted(() -> assertThat(context.threads()).noneMatch(Thread::isAlive));
            return new WeakReference<>(loader);
        }
    }

    private static void use(ProviderType type, TestServer server, FakeConfig config) throws Exception {
        FakeProviderContext reports = new FakeProviderContext();
        Provider provider = (Provider) type.open(config, reports);
        assertThat(Opened.get(provider.capabilities(FakeCall.inNoHurry())).version())
                .isEqualTo("1.2.3");
        assertThat(Opened.get(provider.callTool("echo.v1", Json.of(Map.of("a", 1)), FakeCall.inNoHurry()))
                        .json()
                        .map(Opened::text))
                .contains("{\"a\":1}");
        await().until(() -> reports.lastReport().equals("up"));
        server.close();
        await().until(() -> reports.lastReport().startsWith("down: "));
        provider.close();
    }

    private static <T> T onAThreadOfItsOwn(Callable<T> work) throws Exception {
        FutureTask<T> task = new FutureTask<>(work);
        Thread thread = Thread.ofPlatform().start(task);
        T result = task.get();
        thread.join();
        return result;
    }

    private static final class Observed extends URLClassLoader {

        Observed() throws IOException {
            super(new URL[] {JAR.toUri().toURL()}, new ApiOnly());
        }

        boolean hasLoaded(String name) {
            return findLoadedClass(name) != null;
        }
    }

    /** What a plugin sees: the JDK and the API. */
    private static final class ApiOnly extends ClassLoader {

        ApiOnly() {
            super(ClassLoader.getPlatformClassLoader());
        }

        @Override
        protected Class<?> findClass(String name) throws ClassNotFoundException {
            if (name.startsWith("dev.mcpgateway.api.")) {
                return JarIT.class.getClassLoader().loadClass(name);
            }
            throw new ClassNotFoundException(name);
        }
    }
}
