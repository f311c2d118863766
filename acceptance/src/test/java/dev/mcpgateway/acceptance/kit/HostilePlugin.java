// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.acceptance.kit;

import dev.mcpgateway.testing.PluginJar;

/**
 * Plugins that do what plugins must not, each deed a tool or a switch. Whatever they do ends by itself after a while, so that a
 * gateway that serves them can still end.
 */
public final class HostilePlugin {

    private static final String DEEDS = """
            final class Deeds {
                static volatile long sum;

                /** Computes, and hears nothing. */
                static void spin(long millis) {
                    long end = System.nanoTime() + millis * 1_000_000;
                    long mine = 0;
                    while (System.nanoTime() - end < 0) {
                        mine += mine ^ 3;
                    }
                    sum = mine;
                }

                /** Waits, and hears nothing. */
                static void deaf(long millis) {
                    long end = System.nanoTime() + millis * 1_000_000;
                    while (System.nanoTime() - end < 0) {
                        try {
                            Thread.sleep(5);
                        } catch (InterruptedException goesOn) {
                        }
                    }
                }

                static long millis(Json arguments) {
                    Object millis = arguments.object().get("millis");
                    return millis instanceof Number number ? number.longValue() : 10_000;
                }
            }
            """;

    private HostilePlugin() {}

    /**
     * A blocking provider. Its tools take {@code millis} (10,000 unless said otherwise): {@code spin.v1} computes, {@code deaf.v1}
     * waits, {@code task.v1} lets a task on its executor compute and returns at once, {@code load.v1} meets a class whose
     * initialiser waits for 8 s. {@code part.v1} hands a part to its executor and waits for it; {@code hi.v1} is good.
     */
    public static PluginJar blocking(String id) {
        return PluginJar.withProvider(id, """
                        final class Source implements BlockingProvider {
                            private final ProviderContext context;

                            Source(ProviderContext context) {
                                this.context = context;
                            }

                            @Override
                            public Capabilities capabilities(CallContext call) {
                                List<Tool> tools = new ArrayList<>();
                                for (String each : List.of("spin", "deaf", "task", "load", "part", "hi")) {
                                    tools.add(Tool.named(each + ".v1").build());
                                }
                                return Capabilities.builder().tools(tools).build();
                            }

                            @Override
                            public ToolResult callTool(String tool, Json arguments, CallContext call) throws Exception {
                                long millis = Deeds.millis(arguments);
                                switch (tool) {
                                    case "spin.v1" -> Deeds.spin(millis);
                                    case "deaf.v1" -> Deeds.deaf(millis);
                                    case "task.v1" -> context.executor().submit(() -> Deeds.spin(millis));
                                    case "load.v1" -> Slow.touch();
                                    case "part.v1" -> context.executor().submit(() -> "part").get();
                                    default -> {}
                                }
                                return ToolResult.text("done");
                            }
                        }
                        """).acme("Deeds", DEEDS).acme("Slow", """
                        final class Slow {
                            static {
                                Deeds.deaf(8_000);
                            }

                            static void touch() {}
                        }
                        """);
    }

    /** An asynchronous provider whose tool {@code never.v1} never completes its stage; {@code hi.v1} is good. */
    public static PluginJar neverAnswering(String id) {
        return PluginJar.withProvider(id, """
                final class Source implements Provider {
                    static final List<CompletableFuture<ToolResult>> KEPT = new CopyOnWriteArrayList<>();

                    Source(ProviderContext context) {}

                    @Override
                    public CompletionStage<Capabilities> capabilities(CallContext call) {
                        return CompletableFuture.completedFuture(
                                Capabilities.of(Tool.named("never.v1").build(), Tool.named("hi.v1").build()));
                    }

                    @Override
                    public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
                        if (tool.equals("hi.v1")) {
                            return CompletableFuture.completedFuture(ToolResult.text("done"));
                        }
                        CompletableFuture<ToolResult> never = new CompletableFuture<>();
                        KEPT.add(never);
                        return never;
                    }
                }
                """);
    }

    /**
     * An interceptor that computes for so many milliseconds where the arguments have a member {@code spin}, and lets everything
     * pass.
     */
    public static PluginJar intercepting(String id, boolean failsOpen) {
        return PluginJar.of(id)
                .acme("""
                        public final class Acme implements GatewayPlugin {
                            @Override
                            public List<InterceptorOffer> interceptors(PluginContext context) {
                                InterceptorOffer offer = InterceptorOffer.changing("spinning", () -> new Interceptor() {
                                    @Override
                                    public Verdict<ToolResult> beforeTool(InterceptedCall call, Json arguments) {
                                        if (arguments.object().get("spin") instanceof Number millis) {
                                            Deeds.spin(millis.longValue());
                                        }
                                        return Verdict.pass();
                                    }
                                });
                                return List.of(%s);
                            }
                        }
                        """.formatted(failsOpen ? "offer.failingOpen()" : "offer"))
                .acme("Deeds", DEEDS);
    }

    /**
     * A provider that says the same of itself without a pause for {@code millis}: {@code up.v1} that it is up, {@code
     * turns.v1} that it is up and down in turn, {@code changed.v1} that its list is another.
     */
    public static PluginJar talking(String id) {
        return PluginJar.withProvider(id, """
                        final class Source implements Provider {
                            private final ProviderContext context;

                            Source(ProviderContext context) {
                                this.context = context;
                            }

                            @Override
                            public CompletionStage<Capabilities> capabilities(CallContext call) {
                                return CompletableFuture.completedFuture(Capabilities.of(
                                        Tool.named("up.v1").build(),
                                        Tool.named("turns.v1").build(),
                                        Tool.named("changed.v1").build()));
                            }

                            @Override
                            public CompletionStage<ToolResult> callTool(String tool, Json arguments, CallContext call) {
                                long end = System.nanoTime() + Deeds.millis(arguments) * 1_000_000;
                                Thread talker = new Thread(() -> {
                                    while (System.nanoTime() - end < 0) {
                                        switch (tool) {
                                            case "changed.v1" -> context.changed();
                                            case "turns.v1" -> {
                                                context.down("tired");
                                                context.up();
                                            }
                                            default -> context.up();
                                        }
                                    }
                                    context.up();
                                }, "talker");
                                talker.setDaemon(true);
                                talker.start();
                                return CompletableFuture.completedFuture(ToolResult.text("begun"));
                            }
                        }
                        """).acme("Deeds", DEEDS);
    }

    /** A provider whose opening runs these statements, which must throw or not return. */
    public static PluginJar opening(String id, String statements) {
        return PluginJar.withProvider(id, """
                final class Source implements BlockingProvider {
                    Source(ProviderContext context) throws Exception {
                        %s
                    }

                    @Override
                    public Capabilities capabilities(CallContext call) {
                        return Capabilities.of(Tool.named("hi.v1").build());
                    }

                    @Override
                    public ToolResult callTool(String tool, Json arguments, CallContext call) {
                        return ToolResult.text("done");
                    }
                }
                """.formatted(statements));
    }

    /** A provider whose tool {@code take.v1} takes {@code values} of which each has to be compared with 20 alternatives. */
    public static PluginJar dear(String id) {
        return PluginJar.withProvider(id, """
                final class Source implements BlockingProvider {
                    @Override
                    public Capabilities capabilities(CallContext context) {
                        List<Object> alternatives = new ArrayList<>();
                        for (int i = 0; i < 20; i++) {
                            alternatives.add(Map.of("type", "string", "minLength", i));
                        }
                        alternatives.add(Map.of("type", "integer"));
                        Json schema = Json.of(Map.of("type", "object", "properties", Map.of(
                                "values", Map.of("items", Map.of("anyOf", alternatives)))));
                        return Capabilities.of(Tool.named("take.v1").inputSchema(schema).build());
                    }

                    @Override
                    public ToolResult callTool(String tool, Json arguments, CallContext context) {
                        return ToolResult.text("taken");
                    }
                }
                """);
    }
}
