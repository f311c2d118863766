// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import dev.mcpgateway.testing.PluginJar;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/**
 * A plugin whose provider, called like the plugin, offers resources and prompts that say who they come from. Several of
 * them offer the same. It can be taken down and brought back while a gateway runs. Thread-safe.
 *
 * <p>Its resources: {@code hello://greeting}; {@code hello://of-NAME}; {@code hello://dot}, binary; {@code
 * hello://sometimes}, which the first of them lists and does not have; {@code hello://folder}, two of them; {@code
 * hello://fails}, {@code hello://empty}, {@code hello://hangs}; the family {@code hello://big/{bytes}}; and, unlisted,
 * {@code hello://unlisted-NAME}. Its prompts: {@code hello-plan}, {@code typed}, {@code silent}, {@code hangs}. Its tools:
 * {@code hide.v1}, {@code more.v1} (one more resource from then on), {@code hung.v1} (how many reads and prompts hang).
 */
public final class Library {

    private static final String SOURCE = """
            final class Source implements BlockingProvider {
                private static final java.nio.file.Path CLOSED = java.nio.file.Path.of("%2$s");
                private static final String ANY = "{\\"type\\":\\"object\\"}";
                private final ProviderContext context;
                private final java.util.concurrent.atomic.AtomicInteger hung = new java.util.concurrent.atomic.AtomicInteger();
                private volatile boolean more;

                Source(ProviderContext context) {
                    this.context = context;
                }

                private static Json json(String text) {
                    return Json.ofUtf8(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
                }

                private static Resource at(String uri) {
                    return Resource.at(uri, uri.substring("hello://".length())).build();
                }

                @Override
                public Capabilities capabilities(CallContext call) {
                    if (java.nio.file.Files.exists(CLOSED)) {
                        throw new ProviderException(ProviderException.Code.UNAVAILABLE, "is unavailable: closed for lunch");
                    }
                    List<Resource> resources = new ArrayList<>(List.of(
                            Resource.at("hello://greeting", "greeting")
                                    .description("Says hello").mimeType("text/plain").build(),
                            at("hello://of-%1$s"), at("hello://dot"), at("hello://sometimes"), at("hello://folder"),
                            at("hello://fails"), at("hello://empty"), at("hello://hangs"),
                            Resource.matching("hello://big/{bytes}", "big").build()));
                    if (more) {
                        resources.add(at("hello://more-%1$s"));
                    }
                    String levels = "\\"level-0\\"";
                    for (int i = 1; i < 150; i++) {
                        levels += ",\\"level-" + i + "\\"";
                    }
                    return Capabilities.builder()
                            .version("1.2.3")
                            .tools(List.of(Tool.named("hide.v1").build(), Tool.named("more.v1").build(),
                                    Tool.named("hung.v1").build()))
                            .resources(resources)
                            .prompts(List.of(
                                    Prompt.named("hello-plan").title("A plan")
                                            .description("Greet a user and propose a plan")
                                            .argumentsSchema(json(\"""
                                                    {"type":"object","required":["name"],"additionalProperties":false,
                                                    "properties":{"name":{"type":"string","description":"Who"}}}\"""))
                                            .build(),
                                    Prompt.named("typed").argumentsSchema(json(\"""
                                            {"type":"object","properties":{
                                            "count":{"type":"integer","minimum":1},"ratio":{"type":"number"},
                                            "loud":{"type":"boolean"},"word":{"type":"string"},
                                            "colour":{"enum":["red","rose","green"]},"level":{"enum":[\""" + levels + "]}}}"))
                                            .build(),
                                    Prompt.named("silent").build(),
                                    Prompt.named("hangs").build()))
                            .build();
                }

                @Override
                public ToolResult callTool(String tool, Json arguments, CallContext call) {
                    switch (tool) {
                        case "hide.v1" -> context.down("closed for lunch");
                        case "more.v1" -> {
                            more = true;
                            context.changed();
                        }
                        default -> {}
                    }
                    return ToolResult.text("" + hung.get());
                }

                private <T> T hang() throws InterruptedException {
                    hung.incrementAndGet();
                    try {
                        new CountDownLatch(1).await();
                    } finally {
                        hung.decrementAndGet();
                    }
                    return null;
                }

                private static ResourceResult text(String uri, String text) {
                    return ResourceResult.of(ResourceContents.text(uri, text).withMimeType("text/plain"));
                }

                @Override
                public ResourceResult readResource(String uri, CallContext call) throws Exception {
                    if (uri.startsWith("hello://big/")) {
                        return text(uri, "x".repeat(Integer.parseInt(uri.substring("hello://big/".length()))));
                    }
                    return switch (uri) {
                        case "hello://greeting", "hello://of-%1$s", "hello://unlisted-%1$s" ->
                            text("hello://by-another-name", "Hello from %1$s");
                        case "hello://dot" -> ResourceResult.of(ResourceContents.blob(
                                uri, java.nio.ByteBuffer.wrap(new byte[] {0, 1, 2, (byte) 255}))
                                .withMimeType("image/x-dot"));
                        case "hello://folder" -> ResourceResult.of(
                                ResourceContents.text(uri, "a folder"),
                                ResourceContents.text(uri + "/one", "in it"));
                        case "hello://fails" -> throw new ProviderException(
                                ProviderException.Code.INTERNAL, "the shelf of %1$s fell over");
                        case "hello://empty" -> ResourceResult.of();
                        case "hello://hangs" -> hang();
                        case "hello://sometimes" -> {
                            if ("%1$s".equals("first")) {
                                throw new ProviderException(ProviderException.Code.NOT_FOUND, "lent out");
                            }
                            yield text(uri, "Hello from %1$s");
                        }
                        default -> throw new ProviderException(ProviderException.Code.NOT_FOUND, "never heard of it");
                    };
                }

                @Override
                public PromptResult getPrompt(String prompt, Json arguments, CallContext call) throws Exception {
                    String said = switch (prompt) {
                        case "hello-plan" -> "Hello, " + arguments.object().get("name") + "! This is %1$s";
                        case "typed" -> arguments.toString();
                        case "hangs" -> hang();
                        default -> "";
                    };
                    List<PromptMessage> messages = prompt.equals("silent") ? List.of() : List.of(
                            PromptMessage.user(said),
                            PromptMessage.of(PromptMessage.Role.ASSISTANT, Content.embedded(
                                    ResourceContents.text("hello://greeting", "Hi").withMimeType("text/plain"))));
                    return PromptResult.of(messages).withDescription("Filled in");
                }
            }
            """;

    private final String name;
    private final Path closed;

    private Library(String name, Path closed) {
        this.name = name;
        this.closed = closed;
    }

    /** Puts its jar into the installation's plugin folder. */
    public static Library in(Installation installation, String name) {
        Path closed = installation.folder().resolve(name + "-is-closed");
        PluginJar.withProvider(name, SOURCE.formatted(name, closed)).dropInto(installation.pluginsDir());
        return new Library(name, closed);
    }

    /** Takes the provider down; its tools are gone from the list when this returns. */
    public void close(Client client) {
        hide(client);
        Awaitility.await(name + " is down")
                .atMost(Duration.ofSeconds(10))
                .until(() -> !client.toolNames().contains(name + ".hide.v1"));
    }

    /** Takes the provider down, and asks for no list: who is given one is not told that it has changed. */
    public void hide(Client client) {
        try {
            Files.createFile(closed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        client.call(name + ".hide.v1", "{}").result();
    }

    /** Lets it come back, which the gateway finds out by itself. */
    public void reopen(Client client) {
        try {
            Files.delete(closed);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Awaitility.await(name + " is up")
                .atMost(Duration.ofSeconds(10))
                .until(() -> client.toolNames().contains(name + ".hide.v1"));
    }

    /** From now on it offers one more resource, {@code hello://more-NAME}. */
    public void offerMore(Client client) {
        client.call(name + ".more.v1", "{}").result();
    }

    /** How many reads and prompts hang in it. */
    public int hung(Client client) {
        return Integer.parseInt(client.call(name + ".hung.v1", "{}").text());
    }
}
