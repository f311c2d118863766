// SPDX-License-Identifier: Apache-2.0
package dev.mcpgateway.kernel.provider;

import dev.mcpgateway.api.Capabilities;
import dev.mcpgateway.api.Json;
import dev.mcpgateway.api.Prompt;
import dev.mcpgateway.api.Resource;
import dev.mcpgateway.api.Tool;
import dev.mcpgateway.kernel.json.JsonValue;
import dev.mcpgateway.kernel.schema.CompiledSchema;
import dev.mcpgateway.kernel.text.PlainText;
import dev.mcpgateway.kernel.uri.UriTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;

/**
 * What a provider offers, checked: every definition that conforms, and by name and reason each one that does not.
 * Immutable. What has not changed from one discovery to the next stays the same object.
 *
 * @param version the provider's own version; may be empty
 * @param resources each with a URI
 * @param templates families of resources
 */
public record Offering(
        String version,
        List<OfferedTool> tools,
        List<Resource> resources,
        List<OfferedTemplate> templates,
        List<OfferedPrompt> prompts,
        List<LeftOut> leftOut) {

    /** Nothing: a provider that has not been discovered yet. */
    public static final Offering NONE = new Offering("", List.of(), List.of(), List.of(), List.of(), List.of());

    private static final int MAX_OF_A_KIND = 10_000;
    private static final int MAX_TEMPLATES = 1_000; // each may have to be compared with a URI that nobody lists

    /** A tool whose definition conforms. */
    public record OfferedTool(Tool definition, CompiledSchema input, Optional<CompiledSchema> output) {

        List<CompiledSchema> schemas() {
            return output.isPresent() ? List.of(input, output.get()) : List.of(input);
        }

        public JsonValue inputSchema() {
            return input.text();
        }

        public Optional<JsonValue> outputSchema() {
            return output.map(CompiledSchema::text);
        }
    }

    /** A family of resources whose definition conforms. */
    public record OfferedTemplate(Resource definition, UriTemplate template) {}

    /**
     * A prompt whose definition conforms.
     *
     * @param schema of all its arguments together
     * @param arguments one by one, as clients know them
     */
    public record OfferedPrompt(Prompt definition, CompiledSchema schema, List<PromptArgument> arguments) {}

    /**
     * A definition that does not conform.
     *
     * @param kind {@code tool}, {@code resource} or {@code prompt}
     * @param name what the provider calls it, or how many more there are
     */
    public record LeftOut(String kind, String name, String reason) {}

    /**
     * Checks every definition; a bad one costs only itself.
     *
     * @param name the provider's own
     * @param prefix what its tools are named by; may be empty
     * @param before what the provider offered last: what has not changed since is kept as it is
     */
    static Offering of(Capabilities capabilities, String name, String prefix, Offering before) {
        Allowance allowance = new Allowance();
        Definitions definitions = new Definitions(allowance);

        Checking<Tool, OfferedTool> tools = tools(capabilities, prefix, before, definitions, allowance);
        Checking<Resource, Resource> resources = new Checking<>("resource", MAX_OF_A_KIND, Offering::same, each -> {});
        Checking<Resource, OfferedTemplate> templates = new Checking<>(
                "resource template", MAX_TEMPLATES, Offering::same, each -> allowance.take(each.template()));
        before.resources.forEach(each -> resources.keep(each.uri(), each, each));
        before.templates.forEach(each -> templates.keep(each.definition().uriTemplate(), each.definition(), each));
        for (Resource resource : capabilities.resources()) {
            String family = resource.uriTemplate();
            String shown = resource.name().isBlank() ? family + resource.uri() : resource.name();
            if (family.isEmpty()) {
                resources.add(
                        shown,
                        resource.uri(),
                        "this URI",
                        resource,
                        () -> Definitions.checkTitle(resource.name()),
                        () -> Definitions.resource(resource));
            } else {
                templates.add(
                        shown,
                        family,
                        "this URI template",
                        resource,
                        () -> Definitions.checkTitle(resource.name()),
                        () -> Definitions.template(resource));
            }
        }

        Checking<Prompt, OfferedPrompt> prompts = prompts(capabilities, name, before, definitions, allowance);

        List<LeftOut> leftOut = new ArrayList<>(tools.leftOut.listed());
        leftOut.addAll(outputSchemasThatClientsAreNotGiven(tools.conforming));
        leftOut.addAll(resources.leftOut.listed());
        leftOut.addAll(templates.leftOut.listed());
        leftOut.addAll(prompts.leftOut.listed());
        return new Offering(
                capabilities.version(),
                List.copyOf(tools.conforming),
                List.copyOf(resources.conforming),
                List.copyOf(templates.conforming),
                List.copyOf(prompts.conforming),
                List.copyOf(leftOut));
    }

    private static Checking<Tool, OfferedTool> tools(
            Capabilities capabilities, String prefix, Offering before, Definitions definitions, Allowance allowance) {
        Checking<Tool, OfferedTool> tools =
                new Checking<>("tool", MAX_OF_A_KIND, Offering::same, each -> allowance.take(each.schemas()));
        before.tools.forEach(each -> tools.keep(each.definition().name(), each.definition(), each));
        for (Tool tool : capabilities.tools()) {
            tools.add(
                    tool.name(),
                    tool.name(),
                    "this name",
                    tool,
                    () -> Definitions.checkName(tool.name(), prefix), // the prefix may be another one than last time
                    () -> definitions.tool(tool));
        }
        return tools;
    }

    private static Checking<Prompt, OfferedPrompt> prompts(
            Capabilities capabilities, String name, Offering before, Definitions definitions, Allowance allowance) {
        Checking<Prompt, OfferedPrompt> prompts =
                new Checking<>("prompt", MAX_OF_A_KIND, Offering::same, each -> allowance.take(List.of(each.schema())));
        before.prompts.forEach(each -> prompts.keep(each.definition().name(), each.definition(), each));
        for (Prompt prompt : capabilities.prompts()) {
            prompts.add(
                    prompt.name(),
                    prompt.name(),
                    "this name",
                    prompt,
                    () -> Definitions.checkName(prompt.name(), name),
                    () -> definitions.prompt(prompt));
        }
        return prompts;
    }

    private static List<LeftOut> outputSchemasThatClientsAreNotGiven(List<OfferedTool> tools) {
        Omissions omissions = new Omissions("output schema");
        for (OfferedTool tool : tools) {
            tool.output()
                    .flatMap(CompiledSchema::foreignPattern)
                    .ifPresent(pattern -> omissions.add(
                            tool.definition().name(),
                            "its pattern '" + pattern
                                    + "' is none in JavaScript's Unicode mode, in which clients compile"
                                    + " it: they are not given the schema, results are checked by it all the same;"
                                    + " write it as 'new RegExp(…, \"u\")' takes it"));
        }
        return omissions.listed();
    }

    /** How much there is, for people, e.g. {@code 2 tools, 1 resource}. */
    String summary() {
        StringBuilder text = new StringBuilder(counted(tools.size(), "tool"));
        for (String each : List.of(
                counted(resources.size(), "resource"),
                counted(templates.size(), "resource template"),
                counted(prompts.size(), "prompt"))) {
            text.append(each.startsWith("0 ") ? "" : ", " + each);
        }
        return text.toString();
    }

    private static String counted(int count, String thing) {
        return count + " " + thing + (count == 1 ? "" : "s");
    }

    private static boolean same(Tool one, Tool other) {
        return one.name().equals(other.name())
                && one.title().equals(other.title())
                && one.description().equals(other.description())
                && one.annotations().equals(other.annotations())
                && one.inputSchema().utf8().equals(other.inputSchema().utf8())
                && one.outputSchema()
                        .map(Json::utf8)
                        .equals(other.outputSchema().map(Json::utf8));
    }

    private static boolean same(Resource one, Resource other) {
        return one.name().equals(other.name())
                && one.uri().equals(other.uri())
                && one.uriTemplate().equals(other.uriTemplate())
                && one.description().equals(other.description())
                && one.mimeType().equals(other.mimeType());
    }

    private static boolean same(Prompt one, Prompt other) {
        return one.name().equals(other.name())
                && one.title().equals(other.title())
                && one.description().equals(other.description())
                && one.argumentsSchema().utf8().equals(other.argumentsSchema().utf8());
    }

    /**
     * The definitions of one kind.
     *
     * @param <D> as the provider gave them
     * @param <O> as they are offered
     */
    private static final class Checking<D, O> {

        private static final int SHOWN = 256;

        private final String kind;
        private final int limit;
        private final BiPredicate<D, D> same;
        private final Taking<O> taking;
        private final Omissions leftOut;
        private final Map<String, Kept<D, O>> kept = new HashMap<>();
        private final Set<String> keys = new HashSet<>();
        private final List<O> conforming = new ArrayList<>();

        /**
         * @param kind in words
         * @param limit how many there may be
         * @param taking counts one against what all may take together
         */
        Checking(String kind, int limit, BiPredicate<D, D> same, Taking<O> taking) {
            this.kind = kind;
            this.limit = limit;
            this.same = same;
            this.taking = taking;
            this.leftOut = new Omissions(kind.split(" ", 2)[0]);
        }

        private record Kept<D, O>(D definition, O offered) {}

        interface Taking<O> {
            void take(O offered) throws NonconformingException;
        }

        interface NameCheck {
            void pass() throws NonconformingException;
        }

        interface Check<O> {
            O pass() throws NonconformingException;
        }

        void keep(String key, D definition, O offered) {
            kept.put(key, new Kept<>(definition, offered));
        }

        /** @param key of which there may be one */
        void add(String shown, String key, String what, D definition, NameCheck name, Check<O> check) {
            try {
                if (!keys.add(key)) {
                    throw new NonconformingException("the provider lists " + what + " twice");
                }
                name.pass();
                if (conforming.size() == limit) {
                    throw new NonconformingException(
                            "it is beyond the limit of " + limit + " " + kind + "s for one provider");
                }
                Kept<D, O> known = kept.get(key);
                O offered = known != null && same.test(known.definition, definition) ? known.offered : check.pass();
                taking.take(offered);
                conforming.add(offered);
            } catch (NonconformingException e) {
                leftOut.add(PlainText.oneLine(shown, SHOWN), e.reason());
            }
        }
    }
}
